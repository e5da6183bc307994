/** Who is here (a guest by cookie), the state document of that person, and the live line that keeps it true. */
import { ref, shallowRef } from 'vue'
import { enter, followDeviceLink, getMe, getState, http } from '@/api/applicant'
import type { Account, ApplicantState } from '@/api/types'
import { createLive, createStateStore } from '@/live'
import { setServerTime } from './deployment'
import { dropForeign } from './draft'

export const account = shallowRef<Account | null>(null)
/** The cookie has been asked about: before that nobody knows whether someone is here. */
export const known = ref(false)
/** Who was here went on with another device; pages about a person's matter say so instead of showing it. */
export const moved = ref(false)

const store = createStateStore<ApplicantState>(getState)
export const live = createLive({ face: 'applicant', http, cursors: store.cursors })
/** The applicant's state document; null before the first answer and for strangers. */
export const state = store.state

let asking: Promise<void> | null = null

store.follow(live)
live.on('welcome', (message) => setServerTime(message.server_time))
live.on('signed_out', () => {
  account.value = null
  store.clear()
  ask().catch(() => undefined) // to learn why; who asks next finds out anyway
})

async function begin(who: Account): Promise<void> {
  dropForeign(who.id)
  account.value = who
  await store.refresh()
  live.start()
}

async function ask(): Promise<void> {
  const who = await getMe()
  known.value = true
  moved.value = who.moved
  if (who.account !== null) await begin(who.account)
}

/** Finds out who is here; several callers share one question, a failed one is asked again. Throws `ApiError`. */
export function findOut(): Promise<void> {
  asking ??= ask().catch((error: unknown) => {
    asking = null
    throw error
  })
  return asking
}

/** Makes a guest of this form of address and phone, or changes to another. Throws `ApiError`. */
export async function signIn(who: {
  form_of_address: string
  phone: string
  elderly: boolean
}): Promise<void> {
  await beginAnew(await enter(who))
}

/** Becomes the person whose link was opened here; the device it came from is let go. Throws `ApiError`. */
export async function continueHere(token: string): Promise<void> {
  await beginAnew(await followDeviceLink(token))
}

async function beginAnew(made: Account | null): Promise<void> {
  known.value = true
  moved.value = false
  live.stop()
  store.clear()
  if (made !== null) await begin(made)
}

/** Fetches the state document anew, as after an answer that is known before its event. */
export const refreshState = (): Promise<void> => store.refresh()
