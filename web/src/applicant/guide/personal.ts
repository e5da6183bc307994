/**
 * From the situation questions and the person's answers to what this person has to bring. Pure.
 *
 * `answers` maps a situation's id to the chosen option's id. An answer below a branch that is no longer chosen is kept
 * (the person may come back to it) but does not count.
 */
import type { Guide, Material, Situation, SituationOption } from '@/api/types'

export type Answers = Readonly<Record<string, string>>

export function chosen(situation: Situation, answers: Answers): SituationOption | undefined {
  return situation.options.find((option) => option.id === answers[situation.id])
}

/** Every question that the answers so far have opened, nested ones after the answer that opened them. */
export function openQuestions(situations: readonly Situation[], answers: Answers): Situation[] {
  return situations.flatMap((situation) => [
    situation,
    ...openQuestions(chosen(situation, answers)?.then ?? [], answers),
  ])
}

/** Questions that still wait for an answer. */
export function unanswered(situations: readonly Situation[], answers: Answers): Situation[] {
  return openQuestions(situations, answers).filter((one) => chosen(one, answers) === undefined)
}

/** A question with all its opened follow-ups is answered. */
export function settled(situation: Situation, answers: Answers): boolean {
  return unanswered([situation], answers).length === 0
}

/** Only the answers that count now, as they go with the ticket. */
export function liveAnswers(situations: readonly Situation[], answers: Answers): Record<string, string> {
  const live: Record<string, string> = {}
  for (const question of openQuestions(situations, answers)) {
    const option = chosen(question, answers)
    if (option !== undefined) live[question.id] = option.id
  }
  return live
}

export interface PersonalList {
  /** What the person has to have at hand, in the guide's order. */
  bring: Material[]
  /** Forms that are filled in together during the call: nothing to prepare, so no tick. */
  together: Material[]
}

/** A form that everyone needs and that the clerk fills in with the person. */
const filledTogether = (material: Material): boolean => material.always && material.form_note !== null

export function personalList(guide: Pick<Guide, 'materials' | 'situations'>, answers: Answers): PersonalList {
  const options = openQuestions(guide.situations, answers).map((question) => chosen(question, answers))
  const adds = new Set(options.flatMap((option) => option?.adds ?? []))
  const skips = new Set(options.flatMap((option) => option?.skips ?? []))
  const needed = guide.materials.filter(({ key, always }) => (always || adds.has(key)) && !skips.has(key))
  return {
    bring: needed.filter((material) => !filledTogether(material)),
    together: needed.filter(filledTogether),
  }
}

/** An answer as it is shown when the question is folded: without the explanation in brackets. */
export function shortAnswer(say: string): string {
  return say.replace(/[（(].*$/, '').trim() || say
}
