/**
 * What is being written to letters. Personal data may stand in it, so it stays in this tab, belongs to whoever wrote it,
 * and goes with the answer, when it is cleared, or at the sign-out. Neither a login that ends by itself nor a colleague who
 * answered first takes anything away: the citizen may ask on.
 */
import { shallowRef } from 'vue'
import { readStoredJson, writeStoredJson } from '@/ui/stored'

interface Kept {
  staff: string
  words: Record<string, string>
}
const KEY = 'letters'
/** By the id of the letter. */
export const drafts = shallowRef<Readonly<Record<string, string>>>({})
let owner: string | null = null

function keep(words: Record<string, string>): void {
  drafts.value = words
  const some = owner !== null && Object.keys(words).length > 0
  writeStoredJson(KEY, some ? ({ staff: owner, words } as Kept) : null, 'tab')
}

/** Whoever signs in gets their own words back, and never somebody else's. */
export function openDrafts(staff: string): void {
  if (owner === staff) return
  owner = staff
  const kept = readStoredJson<Kept>(KEY, 'tab')
  keep(kept?.staff === staff ? kept.words : {})
}

export const draftOf = (letter: string): string => drafts.value[letter] ?? ''

export function keepDraft(letter: string, words: string): void {
  const others = Object.entries(drafts.value).filter(([one]) => one !== letter)
  keep({ ...Object.fromEntries(others), ...(words !== '' && { [letter]: words }) })
}

/** At the sign-out. */
export function forgetDrafts(): void {
  keep({})
  owner = null
}
