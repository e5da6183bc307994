/**
 * A letter whose answer was lost may have arrived. It is kept word for word with its request key, over reloads and whatever
 * becomes of the number meanwhile, and nothing else is sent about that item until the server has answered for it.
 */
import { shallowRef, watch, type ShallowRef } from 'vue'
import { leaveLetter } from '@/api/applicant'
import { ApiError, uuid } from '@/api/http'
import type { LetterMark, LetterRequest } from '@/api/types'
import { writeStoredJson } from '@/ui/stored'
import { readOwned } from '../store/draft'

export interface Sent {
  account: string
  key: string
  body: LetterRequest
  /** When it was first sent, in milliseconds. */
  at: number
}

/** The server knows a request key for a day: later the same key would write a second letter. In milliseconds. */
const KNOWN_MS = 23 * 3_600_000
/** Refused at the door: that says nothing of a letter which may have come through before. */
const atTheDoor = (error: ApiError): boolean => [401, 403, 429].includes(error.status) || error.status >= 500

export interface Unanswered {
  /** The letter that may have arrived. */
  readonly lost: ShallowRef<Sent | null>
  /** Sends this, or where one was lost that one again and not this. Throws `ApiError`. */
  send(body: LetterRequest): Promise<LetterMark>
}

export function useUnanswered(item: string, owner: () => string | null): Unanswered {
  const name = `letter-sent:${item}`
  const lost = shallowRef<Sent | null>(null)
  const keep = (one: Sent | null): void => writeStoredJson(name, one, 'tab')

  watch(
    owner,
    (account) => {
      if (account === null || lost.value?.account === account) return
      const kept = readOwned<Sent>(name, account)
      lost.value = kept !== null && Date.now() - kept.at < KNOWN_MS ? kept : null
    },
    { immediate: true, flush: 'sync' },
  )
  return {
    lost,
    async send(body) {
      const before = lost.value
      const one = before ?? { account: owner() ?? '', key: uuid(), body, at: Date.now() }
      keep(one) // before it goes out: a page may be gone before its answer
      try {
        const letter = await leaveLetter(one.body, one.key)
        keep((lost.value = null))
        return letter
      } catch (error) {
        const answered = error instanceof ApiError && !error.lost && !(before !== null && atTheDoor(error))
        if (answered) keep((lost.value = null))
        else lost.value = one
        throw error
      }
    },
  }
}
