/**
 * The line to the server before a call: how long small answers take, how many fail, how much one sized answer brings in a
 * second. It goes over HTTP, so it says nothing about single packets, nor about what this side can send; the call measures that.
 */
import { qualityOf, type Quality } from './stats'

export interface LineReading {
  /** Median of the answers, in milliseconds; null when none came. */
  readonly roundTripMs: number | null
  /** The slowest answer less the median, in milliseconds: a line that stutters. */
  readonly spreadMs: number | null
  /** Share of requests without an answer, 0–100. */
  readonly lostPercent: number
  /** What came down, in kbit/s; null when it did not come or was refused. */
  readonly kbps: number | null
}

export interface LineCheckPort {
  /** Asks for so many bytes; rejects when no answer came in time or it was refused. */
  ask(size: number): Promise<void>
  /** Milliseconds of a clock that only goes on. */
  now(): number
}

/** The first request also opens the connection, so it is not counted. */
export const TIMED_REQUESTS = 8
/** Bytes of the sized answer: the most that the server sends. */
export const DOWNLOAD_BYTES = 262_144
/** Longest wait for one answer, in milliseconds. */
export const PATIENCE_MS = 5000
/** An answer of this size says no more, in kbit/s: it would take some 40 ms, of which half is chance. */
export const MOST_KBPS = 50_000
/** Below, in kbit/s: the full picture of `ladder.ts` sends up to 1,500 and is given up at 250. */
const FAIR_BELOW_KBPS = 1500
const POOR_BELOW_KBPS = 250
/** An answer that comes so much later than the others, in milliseconds, would be a gap in speech (ITU-T G.114: 150 one way). */
const STUTTER_MS = 300

export async function readLine(port: LineCheckPort): Promise<LineReading> {
  await time(port, 0)
  const answers: number[] = []
  for (let number = 0; number < TIMED_REQUESTS; number += 1) {
    const took = await time(port, 0)
    if (took !== null) answers.push(took)
  }
  answers.sort((a, b) => a - b)
  const median = answers[Math.floor(answers.length / 2)] ?? null
  const slowest = answers[answers.length - 1] ?? null
  return {
    roundTripMs: median === null ? null : Math.round(median),
    spreadMs: median === null || slowest === null ? null : Math.round(slowest - median),
    lostPercent: Math.round((100 * (TIMED_REQUESTS - answers.length)) / TIMED_REQUESTS),
    kbps: await download(port, median),
  }
}

async function time(port: LineCheckPort, size: number): Promise<number | null> {
  const started = port.now()
  try {
    await port.ask(size)
    return port.now() - started
  } catch {
    return null
  }
}

/** The time in which a request of no size would have been answered is no part of the download. */
async function download(port: LineCheckPort, roundTrip: number | null): Promise<number | null> {
  if (roundTrip === null) return null
  const took = await time(port, DOWNLOAD_BYTES)
  return took === null
    ? null
    : Math.round(Math.min(MOST_KBPS, (DOWNLOAD_BYTES * 8) / Math.max(1, took - roundTrip)))
}

/** The words of the call itself, by the call's own thresholds for time and loss. Null: the server does not answer at all. */
export function verdictOf(reading: LineReading): Quality | null {
  const { roundTripMs, spreadMs, lostPercent, kbps } = reading
  if (roundTripMs === null) return null
  const talk = qualityOf({ roundTripMs, lossPercent: lostPercent })
  if (talk === 'poor' || (kbps !== null && kbps < POOR_BELOW_KBPS)) return 'poor'
  const stutters = (spreadMs ?? 0) > STUTTER_MS
  return talk === 'fair' || stutters || (kbps !== null && kbps < FAIR_BELOW_KBPS) ? 'fair' : 'good'
}

/** Asks this page's own server. */
export const ownServer: LineCheckPort = {
  now: () => performance.now(),
  ask: async (size) => {
    const giveUp = new AbortController()
    const timer = setTimeout(() => {
      giveUp.abort()
    }, PATIENCE_MS)
    try {
      const address = `/api/line-check?size=${size}`
      const answer = await fetch(address, { signal: giveUp.signal, cache: 'no-store' })
      if (!answer.ok) throw new Error(String(answer.status))
      await answer.arrayBuffer()
    } finally {
      clearTimeout(timer)
    }
  },
}
