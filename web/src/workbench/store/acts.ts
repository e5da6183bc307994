/** What a clerk does. Each act is at most one request at a time and ends in a state change or a sentence in `trouble`. */
import { ref, shallowRef, watch } from 'vue'
import { ApiError } from '@/api/http'
import { explain } from '@/api/problems'
import { unlockSound } from '@/call/ring'
import { readStored, writeStored } from '@/ui/stored'
import * as api from '../api'
import type { ChosenReason, DeclineReason, Offer, Wanted } from '../types'
import { now } from './clock'
import {
  call,
  leave,
  line,
  offer,
  presence,
  refreshState,
  ringer,
  session,
  signedOut,
  state,
  ticket,
} from './desk'
import { forgetDrafts } from './letter-drafts'
import { releaseHeld } from './letter-holds'
import { explainMisses } from './misses'

/** What went wrong with the last act, as a sentence; null when nothing did. */
export const trouble = ref<string | null>(null)
export const busy = ref<'presence' | 'accept' | 'decline' | 'end' | 'sign-off' | null>(null)

/** How the last ring ended when it was not answered here, or how a talk ended that needs no wrap-up. */
export interface RingEnd {
  how: 'missed' | 'withdrawn' | 'declined' | 'elsewhere' | 'dropped' | 'handed' | 'replied'
  kind: Offer['kind']
  number: string | null
  /** To whom it was handed on. */
  to?: string
}
export const lastRing = shallowRef<RingEnd | null>(null)

/** What is under way. A ring may come before the answer to a wish, and is answered once that is there. */
let running: Promise<boolean> = Promise.resolve(true)

async function act(name: NonNullable<typeof busy.value>, run: () => Promise<void>): Promise<boolean> {
  if (busy.value === 'presence' && (name === 'accept' || name === 'decline')) await running
  if (busy.value !== null) return false
  busy.value = name
  running = finish(run)
  return running
}

async function finish(run: () => Promise<void>): Promise<boolean> {
  trouble.value = null
  try {
    await run()
    return true
  } catch (error) {
    trouble.value = explain(error)
    // A refusal means that the page saw an older state than the server has.
    if (error instanceof ApiError && !error.lost) void refreshState()
    return false
  } finally {
    busy.value = null
  }
}

export function wish(wanted: Wanted, reason: ChosenReason | null = null): Promise<boolean> {
  void unlockSound()
  lastRing.value = null
  return act('presence', async () => {
    await explainMisses()
    const next = await api.setPresence(wanted, reason)
    // The events tell it, and a ring that follows at once may come before this answer, which knows nothing of it.
    // Only a page whose line is down learns it from here.
    if (line.value !== 'open' && state.value !== null && isPresence(next))
      state.value = { ...state.value, presence: next }
  })
}

function isPresence(value: unknown): value is NonNullable<typeof presence.value> {
  return typeof value === 'object' && value !== null && 'wanted' in value && 'work' in value
}

/** F8: ready ⇄ break. */
export function toggleReady(): Promise<boolean> {
  return presence.value?.wanted === 'ready' ? wish('break', 'rest') : wish('ready')
}

/**
 * The ticket whose ring this tab is answering. It outlives a reload and an answer that got lost on the way: when the call
 * turns out to be ours, it is this tab that belongs in it.
 */
const ANSWERING = 'answering'
watch(
  () => [call.view.phase, session.value?.ticket_id, busy.value] as const,
  ([phase, id, doing]) => {
    // The events may overtake the answer that is still on its way; joining beside it would push ourselves out.
    if (doing === 'accept' || phase !== 'elsewhere') return
    if (id === undefined || readStored(ANSWERING, 'tab') !== id) return
    writeStored(ANSWERING, null, 'tab')
    call.takeOver()
  },
)

/** The ring that this tab has answered, so that its end is not taken for a miss. */
let answered: string | null = null
let declined: string | null = null
let replied: string | null = null

export function accept(): Promise<boolean> {
  const ring = offer.value
  if (ring === null) return Promise.resolve(false)
  ringer.stop()
  return act('accept', async () => {
    answered = ring.engagement_id
    writeStored(ANSWERING, ring.ticket_id, 'tab')
    try {
      const answer = await api.acceptRing(ring.engagement_id)
      writeStored(ANSWERING, null, 'tab')
      call.accept(answer)
      if (state.value !== null) state.value = { ...state.value, session: answer.session, offer: null }
    } catch (error) {
      answered = null
      if (error instanceof ApiError && !error.lost) writeStored(ANSWERING, null, 'tab')
      if (offer.value?.engagement_id === ring.engagement_id) ringer.start()
      throw error
    }
  })
}

export function decline(reason: DeclineReason): Promise<boolean> {
  const ring = offer.value
  if (ring === null) return Promise.resolve(false)
  ringer.stop()
  return act('decline', async () => {
    declined = ring.engagement_id
    await api.declineRing(ring.engagement_id, reason).catch(refused)
  })
}

/** What the server refused was not done, however the ring ends now. */
function refused(error: unknown): never {
  if (error instanceof ApiError && !error.lost) declined = replied = null
  throw error
}

/** Answers an invitation in writing; whoever asks reads it, and the ring is over. */
export function reply(words: string): Promise<boolean> {
  const ring = offer.value
  if (ring === null) return Promise.resolve(false)
  ringer.stop()
  return act('decline', async () => {
    replied = ring.engagement_id
    await api.replyToRing(ring.engagement_id, words).catch(refused)
  })
}

/** The ring that goes on while an answer is written; it is asked for once. */
let writing: string | null = null
export function beginToWrite(): void {
  const ring = offer.value
  if (ring === null || writing === ring.engagement_id) return
  writing = ring.engagement_id
  ringer.stop()
  api.beginToWrite(ring.engagement_id).catch((error: unknown) => {
    writing = null
    trouble.value = explain(error)
  })
}

/** When a ring is gone: how did it end? Answered here it needs no word. */
watch(offer, (next, before) => {
  if (next !== null) lastRing.value = null
  if (before !== null && next === null && before.engagement_id !== answered) {
    lastRing.value = { how: endOf(before), kind: before.kind, number: ticket.value?.number ?? null }
  }
})

/** The line broke, nobody came back, and a callback is agreed: the talk is gone without a wrap-up. */
let dropped: string | null = null
watch(
  () => call.view.call,
  (now) => {
    if (now?.state === 'ended' && now.ended_reason === 'dropped') dropped = now.session_id
  },
)
watch(session, (next, before) => {
  if (next === null && before?.state === 'open' && before.part === 'serve' && before.id === dropped)
    lastRing.value = { how: 'dropped', kind: 'serve', number: ticket.value?.number ?? null }
})

function endOf(ring: Offer): RingEnd['how'] {
  if (ring.engagement_id === declined) return 'declined'
  if (ring.engagement_id === replied) return 'replied'
  if (session.value?.ticket_id === ring.ticket_id) return 'elsewhere'
  // The sweeper acts a little after the deadline, and a withdrawal comes before it.
  return now.value >= Date.parse(ring.expires_at) - 300 ? 'missed' : 'withdrawn'
}

export function endCall(): Promise<boolean> {
  return act('end', () => call.end())
}

/** Ends the call because of insults or harassment; the words are for the supervisor. */
export function endForAbuse(words: string): Promise<boolean> {
  return act('end', async () => {
    if (call.view.call !== null) await api.endForAbuse(call.view.call.id, words)
  })
}

/** Goes home: off, then the login ends. Refused while something unfinished must be closed first. */
export function signOff(): Promise<boolean> {
  return act('sign-off', async () => {
    await explainMisses()
    if (presence.value !== null && presence.value.wanted !== 'off') await api.setPresence('off', null)
    await releaseHeld()
    await api.signOut()
    leave()
    forgetDrafts()
    signedOut.value = false // the line may have told of the end that was asked for here
  })
}
