/** The letter that is open: who wrote what, kept from colleagues while it is answered, and the answer. */
import { computed, ref, shallowRef, watch } from 'vue'
import { ApiError } from '@/api/http'
import { explain } from '@/api/problems'
import * as api from '../api'
import { holderOf } from '../inbox'
import type { LetterAnswered, LetterCard } from '../types'
import { now } from './clock'
import { staff } from './desk'
import { draftOf, keepDraft } from './letter-drafts'
import { isGone, opened, putRow, refreshLetters, rowOf, takeOut } from './letters'

/** So long a letter stays mine without a word to the server, which keeps it for some minutes. */
const RENEW_MS = 60_000
export const MOST = 2000

/** Null while it is fetched. Each look is on record, so it is fetched only when somebody opens it. */
export const card = shallowRef<LetterCard | null>(null)
export const cardProblem = ref<string | null>(null)
/** Why the answer was not written, or why it may not be. */
export const answerProblem = ref<string | null>(null)
export const sending = ref(false)
export interface Sent {
  item: string
  told_by: LetterAnswered['told_by']
}
/** What was sent last, until the next one is opened. */
export const sent = shallowRef<Sent | null>(null)

const openId = computed(() => (opened.value?.kind === 'letter' ? opened.value.id : null))
/** The colleague who answers it. */
export const holder = computed(() => {
  const row = openId.value === null ? null : rowOf(openId.value)
  return row === null ? null : holderOf(row, now.value)
})
/** How the open letter differs from what is shown of it. */
export const stale = computed<'gone' | 'changed' | null>(() => {
  const shown = card.value
  if (shown?.state !== 'waiting' || sending.value) return null
  if (isGone(shown.letter_id)) return 'gone'
  const row = rowOf(shown.letter_id)
  return row !== null && row.asked_at !== shown.asked_at ? 'changed' : null
})
/** As the server counts them. */
export const lengthOf = (words: string): number => Array.from(words.trim()).length

let asked = 0
/** Fetches the open letter, also anew; what is shown stays until the answer is there. */
export async function look(): Promise<void> {
  const id = openId.value
  const ask = ++asked
  if (id === null) return
  cardProblem.value = null
  try {
    const found = await api.getLetter(id)
    if (ask === asked) card.value = found
  } catch (error) {
    if (ask === asked) cardProblem.value = explain(error)
  }
}

/** The letter that I asked to keep, when, and the answer to that. */
let kept: { id: string; at: number; done: Promise<void> } | null = null

async function keepIt(id: string): Promise<void> {
  try {
    putRow(await api.holdLetter(id))
  } catch (error) {
    if (error instanceof ApiError && !error.lost && openId.value === id) await refused(error)
  }
}
/** What was typed stays; what is shown is fetched anew where the server has something newer. */
async function refused(error: ApiError): Promise<void> {
  answerProblem.value = explain(error)
  void refreshLetters()
  if (error.code === 'letter_changed' || error.code === 'wrong_state') await look()
}
async function letGo(id: string): Promise<void> {
  const mine = kept?.id === id ? kept : null
  if (mine === null && rowOf(id)?.held_by_me !== true) return
  kept = null
  if (staff.value === null) return // what is left at the sign-out was let go before it
  await mine?.done
  try {
    putRow(await api.releaseLetter(id))
  } catch {
    // It lapses by itself.
  }
}

/** A keystroke: kept in this tab, and the letter kept from colleagues. */
export function write(words: string): void {
  const id = openId.value
  if (id === null) return
  answerProblem.value = null
  keepDraft(id, words)
  if (kept?.id === id && now.value - kept.at < RENEW_MS) return
  kept = { id, at: now.value, done: keepIt(id) }
}

/** The page is left for another one of the workbench: colleagues may have the letter. A ring leaves nothing. */
export function putDown(): void {
  sent.value = null
  if (openId.value !== null) void letGo(openId.value)
}

export async function send(): Promise<void> {
  const shown = card.value
  const to = shown?.entries.filter((entry) => entry.side === 'applicant').pop()
  if (shown === null || to === undefined || sending.value) return
  const { letter_id: id, item_short_name: item } = shown
  sending.value = true
  answerProblem.value = null
  try {
    const { told_by } = await api.answerLetter(id, { to: to.id, words: draftOf(id).trim() })
    keepDraft(id, '')
    if (kept?.id === id) kept = null
    takeOut(id)
    if (openId.value !== id) return
    opened.value = null
    sent.value = { item, told_by }
  } catch (error) {
    if (openId.value !== id) return
    if (error instanceof ApiError && !error.lost) await refused(error)
    else answerProblem.value = explain(error)
  } finally {
    sending.value = false
  }
}

watch(
  opened,
  (_, before) => {
    if (before?.kind === 'letter') void letGo(before.id)
    card.value = cardProblem.value = answerProblem.value = sent.value = null
    void look()
  },
  { immediate: true, flush: 'sync' },
)
