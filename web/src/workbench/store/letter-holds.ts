/**
 * Whoever answers a letter keeps it from colleagues. What is asked of the server for one letter is asked one after the
 * other: a release that is on its way must not arrive after the hold of whoever came back meanwhile.
 */
import { ApiError } from '@/api/http'
import * as api from '../api'
import { now } from './clock'
import { staff } from './desk'
import { letters, putRow, rowOf } from './letters'

/** So long a letter stays mine without a word to the server, which keeps it for some minutes. */
const RENEW_MS = 60_000

/** The letter that I asked to keep, and when. */
let kept: { id: string; at: number } | null = null
/** The last request of each letter that has one on its way. */
const running = new Map<string, Promise<void>>()

/** `ask` rejects never. What waited for its turn is not asked for another login. */
function inTurn(id: string, ask: () => Promise<void>): Promise<void> {
  const mine = staff.value?.id
  const before = running.get(id)
  const turn =
    before === undefined ? ask() : before.then(() => (staff.value?.id === mine ? ask() : undefined))
  running.set(id, turn)
  return turn.then(() => {
    if (running.get(id) === turn) running.delete(id)
  })
}

/** Asked for at each keystroke, and asked of the server once in a while. */
export function hold(id: string, refused: (error: ApiError) => void): void {
  if (kept?.id === id && now.value - kept.at < RENEW_MS) return
  kept = { id, at: now.value }
  void inTurn(id, async () => {
    try {
      putRow(await api.holdLetter(id))
    } catch (error) {
      if (error instanceof ApiError && !error.lost) refused(error)
    }
  })
}

async function letGo(id: string): Promise<void> {
  try {
    putRow(await api.releaseLetter(id))
  } catch {
    // It lapses by itself.
  }
}

/** Colleagues may have it, if I kept it. */
export function release(id: string): void {
  if (kept?.id !== id && rowOf(id)?.held_by_me !== true) return
  forgetHold(id)
  if (staff.value === null) return // what is left at the sign-out was let go before it
  void inTurn(id, () => letGo(id))
}

/** The answer ends it on the server. */
export function forgetHold(id: string): void {
  if (kept?.id === id) kept = null
}

/** Lets colleagues have what I kept, before I go; also what I am only about to have. */
export async function releaseHeld(): Promise<void> {
  kept = null
  await Promise.all(running.values())
  const mine = (letters.value ?? []).filter((row) => row.held_by_me)
  await Promise.all(mine.map(({ letter_id: id }) => inTurn(id, () => letGo(id))))
}
