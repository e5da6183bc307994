/** The letter that is open: who wrote what, kept from colleagues while it is answered, and the answer. */
import { computed, ref, shallowRef, watch } from 'vue'
import { ApiError } from '@/api/http'
import { explain } from '@/api/problems'
import * as api from '../api'
import { holderOf } from '../inbox'
import type { LetterAnswered, LetterCard } from '../types'
import { now } from './clock'
import { draftOf, keepDraft } from './letter-drafts'
import { forgetHold, hold, release } from './letter-holds'
import { isGone, opened, refreshLetters, rowOf, takeOut } from './letters'

export const MOST = 2000
/** From so few characters on it is said how many are left. */
export const NEAR = 200

/** Null while it is fetched. Each look is on record, so it is fetched only when somebody opens it. */
export const card = shallowRef<LetterCard | null>(null)
export const cardProblem = ref<string | null>(null)
/** Why the answer was not written, or why it may not be. */
export const answerProblem = ref<string | null>(null)
export interface Sent {
  item: string
  told_by: LetterAnswered['told_by']
}
/** What was sent last, until the next one is opened. */
export const sent = shallowRef<Sent | null>(null)

const openId = computed(() => (opened.value?.kind === 'letter' ? opened.value.id : null))
/** The letters whose answers are on their way. */
const underWay = shallowRef<readonly string[]>([])
/** The answer to the open letter is; until it has come nothing more is typed. */
export const sending = computed(() => openId.value !== null && underWay.value.includes(openId.value))
/** How a letter that is answered came to be so since it was known: an asking on that is taken back leaves no words. */
export const ended = ref<'answered' | 'takenBack' | 'unclear'>('unclear')
/** The colleague who answers it. */
export const holder = computed(() => {
  const row = openId.value === null ? null : rowOf(openId.value)
  return row === null ? null : holderOf(row, now.value)
})
/** How the open letter differs from what is shown of it. */
export const stale = computed<'gone' | 'changed' | null>(() => {
  const shown = card.value
  if (shown === null || sending.value) return null
  const row = rowOf(shown.letter_id) // it may wait again after an answer
  if (row !== null) return row.asked_at === shown.asked_at ? null : 'changed'
  return shown.state === 'waiting' && isGone(shown.letter_id) ? 'gone' : null
})
const answersIn = (one: LetterCard): number => one.entries.filter(({ side }) => side === 'clerk').length
/** Without an answer that is new since it waited, it waits no more because the citizen took the question back. */
function howEnded(found: LetterCard, before: LetterCard | null): typeof ended.value {
  const known = before === null ? rowOf(found.letter_id)?.asked_before : answersIn(before)
  if (known === undefined) return 'unclear'
  if (answersIn(found) > known) return 'answered'
  return before?.state === 'answered' ? ended.value : 'takenBack'
}

let asked = 0
/** Fetches the open letter, also anew; what is shown stays until the answer is there. */
export async function look(): Promise<void> {
  const id = openId.value
  const ask = ++asked
  if (id === null) return
  cardProblem.value = null
  try {
    const found = await api.getLetter(id)
    if (ask !== asked) return
    ended.value = howEnded(found, card.value)
    card.value = found
  } catch (error) {
    if (ask === asked) cardProblem.value = explain(error)
  }
}

/** What was typed stays; what is shown is fetched anew where the server has something newer. */
async function refused(error: ApiError): Promise<void> {
  answerProblem.value = explain(error)
  void refreshLetters()
  if (error.code === 'letter_changed' || error.code === 'wrong_state') await look()
}

/** A keystroke: kept in this tab, and the letter kept from colleagues. */
export function write(words: string): void {
  const id = openId.value
  if (id === null) return
  answerProblem.value = null
  keepDraft(id, words)
  hold(id, (error) => {
    if (openId.value === id) void refused(error)
  })
}

/** The page is left for another one of the workbench: colleagues may have the letter. A ring leaves nothing. */
export function putDown(): void {
  sent.value = null
  if (openId.value !== null) release(openId.value)
}

export async function send(): Promise<void> {
  const shown = card.value
  const to = shown?.entries.filter((entry) => entry.side === 'applicant').pop()
  if (shown === null || to === undefined || sending.value) return
  const { letter_id: id, item_short_name: item } = shown
  const written = draftOf(id)
  underWay.value = [...underWay.value, id]
  answerProblem.value = null
  try {
    const { told_by } = await api.answerLetter(id, { to: to.id, words: written.trim() })
    if (draftOf(id) === written) keepDraft(id, '')
    forgetHold(id)
    takeOut(id)
    if (openId.value !== id) return
    opened.value = null
    sent.value = { item, told_by }
  } catch (error) {
    if (openId.value !== id) return
    if (error instanceof ApiError && !error.lost) await refused(error)
    else answerProblem.value = explain(error)
  } finally {
    underWay.value = underWay.value.filter((one) => one !== id)
  }
}

watch(
  opened,
  (_, before) => {
    if (before?.kind === 'letter') release(before.id)
    card.value = cardProblem.value = answerProblem.value = sent.value = null
    void look()
  },
  { immediate: true, flush: 'sync' },
)
