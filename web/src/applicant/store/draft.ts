/**
 * What is being typed in one place, kept for this tab so that a reload or going back finds it again; emptied, it is gone.
 * It names the account that typed it: on a shared computer the next person, in the same tab, does not get it to read.
 */
import { ref, watch, type Ref } from 'vue'
import { readStoredJson, storedNames, writeStored, writeStoredJson } from '@/ui/stored'

export interface Draft {
  account: string
  text: string
}
/** Where drafts, and what else holds words of one person, are kept in the tab. */
const KEPT = 'letter'

/** The record of that name that belongs to this account; somebody else's is dropped. */
export function readOwned<T extends { account: string }>(name: string, account: string): T | null {
  const kept = readStoredJson<Partial<T>>(name, 'tab')
  if (kept?.account === account) return kept as T
  writeStored(name, null, 'tab')
  return null
}

/** Somebody is here: what others typed in this tab is gone. */
export function dropForeign(account: string): void {
  for (const name of storedNames(KEPT, 'tab')) readOwned(name, account)
}

/** Until `owner` is known there is nothing to be found, and nothing to be kept. */
export function useDraft(name: string, owner: () => string | null): Ref<string> {
  const text = ref('')
  let whose: string | null = null
  watch(
    owner,
    (account) => {
      if (account === null || account === whose) return
      whose = account
      text.value = readOwned<Draft>(name, account)?.text ?? ''
    },
    { immediate: true, flush: 'sync' },
  )
  // at once, so that what was sent is not found again by the page that follows
  watch(
    text,
    (value) => {
      if (whose !== null) writeStoredJson(name, value === '' ? null : { account: whose, text: value }, 'tab')
    },
    { flush: 'sync' },
  )
  return text
}
