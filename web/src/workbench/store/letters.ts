/** 留言: the letters that wait at my desks, without names and words, and what of 留言和回呼 is open. */
import { computed, ref, shallowRef, watch } from 'vue'
import { explain } from '@/api/problems'
import { COALESCE_MS } from '@/live/hints'
import * as api from '../api'
import { isOverdue } from '../inbox'
import type { LetterRow } from '../types'
import { now } from './clock'
import { live, serves, staff } from './desk'
import { openDrafts } from './letter-drafts'

/** The server lists no more than so many; from there on a letter may wait without being listed. */
const LISTED = 100

/** Those that are due first come first; null until they are known. */
export const letters = shallowRef<LetterRow[] | null>(null)
/** Why they could not be fetched, while none are known. */
export const lettersProblem = ref<string | null>(null)
export const overdue = computed(() => (letters.value ?? []).filter((row) => isOverdue(row, now.value)).length)

export interface Opened {
  kind: 'letter' | 'callback'
  id: string
}
/** It outlives a ring and a call: whoever comes back finds it as it was. */
export const opened = shallowRef<Opened | null>(null)

/** What is open already stays as it is, with what is shown of it. */
export function openIt(what: Opened): void {
  if (opened.value?.kind !== what.kind || opened.value.id !== what.id) opened.value = what
}

export const rowOf = (id: string): LetterRow | null =>
  letters.value?.find((row) => row.letter_id === id) ?? null
/** It waits no more: somebody answered it, or it was taken back. */
export const isGone = (id: string): boolean =>
  letters.value !== null && letters.value.length < LISTED && rowOf(id) === null

let asked = 0
/** Whatever is asked last is shown, however the answers come in. */
export async function refreshLetters(): Promise<void> {
  if (!serves(staff.value)) return
  const ask = ++asked
  try {
    const rows = await api.getLetters()
    if (ask !== asked) return
    letters.value = rows
    lettersProblem.value = null
  } catch (error) {
    // Shown as they were; the hint after the next reconnection fetches again.
    if (ask === asked && letters.value === null) lettersProblem.value = explain(error)
  }
}

/** What an act answered, until the list that its hint brings. */
export function putRow(row: LetterRow): void {
  letters.value = letters.value?.map((one) => (one.letter_id === row.letter_id ? row : one)) ?? letters.value
}
/** It was answered here: a list that is on its way may not know it yet. */
export function takeOut(id: string): void {
  letters.value = letters.value?.filter((row) => row.letter_id !== id) ?? null
  void refreshLetters()
}

let hinted: ReturnType<typeof setTimeout> | undefined
function soon(): void {
  hinted ??= setTimeout(() => {
    hinted = undefined
    void refreshLetters()
  }, COALESCE_MS)
}
live.on('hint', ({ key }) => {
  if (staff.value?.desks.some((desk) => key === `letters:${desk.id}`) === true) soon()
})
live.on('welcome', soon)
watch(
  () => staff.value?.id ?? null,
  (id) => {
    asked += 1
    letters.value = lettersProblem.value = opened.value = null
    if (id === null) return
    openDrafts(id)
    void refreshLetters()
  },
  { immediate: true },
)
