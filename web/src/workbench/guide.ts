/** What of a guide concerns this person: the materials by the answers, and facts in words. Pure. */
import type { Guide, Material, Situation, TicketDetail } from './types'

type Answers = TicketDetail['answers']

/**
 * Walks the situation tree by the answers given (matched by what was asked and said) and returns the materials that remain:
 * those always needed, plus what the answers add, less what they skip. Without answers, those always needed.
 */
export function materialsFor(guide: Guide, answers: Answers): Material[] {
  const adds = new Set<string>()
  const skips = new Set<string>()
  const walk = (situations: readonly Situation[]): void => {
    for (const situation of situations) {
      const given = answers.find((answer) => answer.ask === situation.ask)
      const option = situation.options.find((one) => one.say === given?.say)
      if (option === undefined) continue
      option.adds.forEach((key) => adds.add(key))
      option.skips.forEach((key) => skips.add(key))
      walk(option.then)
    }
  }
  walk(guide.situations)
  return guide.materials.filter(
    (material) => (material.always || adds.has(material.key)) && !skips.has(material.key),
  )
}
