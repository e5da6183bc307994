/**
 * A state document kept true: fetched once, then changed by the events of its stream, refetched when the server says
 * `reset`, when a number is missing, and every few seconds while the line is down.
 */
import { shallowRef, triggerRef, type ShallowRef } from 'vue'
import type { Live } from './socket'
import type { StreamEvent } from './messages'

export interface Document {
  cursor: { stream: string; seq: number }
}

/** What an event does to the document: nothing (seen before), a change, or a gap that only a fetch can close. */
export type Applied = 'old' | 'applied' | 'gap' | 'foreign'

/** Applies one event in place. Sub-documents are replaced whole; null means gone. */
export function applyEvent(document: Document, event: StreamEvent): Applied {
  if (event.stream !== document.cursor.stream) return 'foreign'
  if (event.seq <= document.cursor.seq) return 'old'
  if (event.seq > document.cursor.seq + 1) return 'gap'
  ;(document as unknown as Record<string, unknown>)[event.event] = event.data
  document.cursor = { stream: event.stream, seq: event.seq }
  return 'applied'
}

/** How often the document is fetched anew while the line is down. */
const FALLBACK_MS = 5_000

export interface StateStore<T extends Document> {
  readonly state: ShallowRef<T | null>
  readonly error: ShallowRef<unknown>
  /** Cursors for the line's hello. */
  cursors(): Record<string, number>
  /** Fetches the document; events that arrive meanwhile are applied afterwards. Never throws: see `error`. */
  refresh(): Promise<void>
  follow(live: Live): void
  stop(): void
  /** Forgets everything, as after signing out. */
  clear(): void
}

export function createStateStore<T extends Document>(fetchState: () => Promise<T>): StateStore<T> {
  const state = shallowRef(null) as ShallowRef<T | null>
  const error = shallowRef<unknown>(null)
  let fetching: Promise<void> | null = null
  let again = false
  let early: StreamEvent[] = []
  let stops: (() => void)[] = []
  let fallback: ReturnType<typeof setInterval> | undefined

  function take(event: StreamEvent): void {
    if (fetching !== null || state.value === null) {
      early.push(event)
      return
    }
    const done = applyEvent(state.value, event)
    if (done === 'applied') triggerRef(state)
    if (done === 'gap') void refresh()
  }

  async function load(): Promise<void> {
    try {
      do {
        again = false
        const fresh = await fetchState()
        // an answer that was overtaken by events must not turn the clock back
        for (const event of early) applyEvent(fresh, event)
        early = []
        const known = state.value
        if (
          known === null ||
          known.cursor.stream !== fresh.cursor.stream ||
          fresh.cursor.seq >= known.cursor.seq
        ) {
          state.value = fresh
        }
        error.value = null
      } while (again)
    } catch (failure) {
      error.value = failure
    } finally {
      fetching = null
    }
  }

  function refresh(): Promise<void> {
    if (fetching !== null) {
      again = true
      return fetching
    }
    fetching = load()
    return fetching
  }

  return {
    state,
    error,
    refresh,
    cursors() {
      const cursor = state.value?.cursor
      return cursor === undefined ? {} : { [cursor.stream]: cursor.seq }
    },
    follow(live) {
      stops = [
        live.on('event', take),
        live.on('reset', () => {
          state.value = state.value && { ...state.value, cursor: { ...state.value.cursor, seq: -1 } }
          void refresh()
        }),
        live.onLine((line) => {
          if (line === 'open' || line === 'closed') {
            clearInterval(fallback)
            fallback = undefined
          } else fallback ??= setInterval(() => void refresh(), FALLBACK_MS)
        }),
      ]
    },
    stop() {
      clearInterval(fallback)
      for (const end of stops) end()
      stops = []
    },
    clear() {
      state.value = null
      early = []
    },
  }
}
