/**
 * What the page before the notice found out in this visit: that picture and sound were tried, after which the way to the
 * notice is the short one, and how good the line was, which goes with the number to whoever answers.
 */
import type { components } from '@/api/schema'
import type { LineReading } from '@/call'
import { readStored, readStoredJson, writeStored, writeStoredJson } from '@/ui/stored'

type LineBefore = components['schemas']['LineBefore']

const TRIED = 'devices-tried'
const LINE = 'line-before'
/** A reading that is older says nothing of the line that the number is taken over. */
const GOOD_FOR_MS = 3_600_000
/** A page that slept in between has counted that, too; the server takes no more. */
const LONGEST_MS = 60_000

export function markTried(): void {
  writeStored(TRIED, '1', 'tab')
}

/** Keeps the last reading; one without any answer is none. */
export function keepLine({ roundTripMs, spreadMs, lostPercent, kbps }: LineReading): void {
  const line: LineBefore | null =
    roundTripMs === null
      ? null
      : {
          round_trip_ms: Math.min(LONGEST_MS, roundTripMs),
          spread_ms: Math.min(LONGEST_MS, spreadMs ?? 0),
          lost_percent: lostPercent,
          kbps,
        }
  writeStoredJson(LINE, line && { at: Date.now(), line }, 'tab')
}

/** The last reading, as it goes with the number; null when there is none that still counts. */
export function lineBefore(): LineBefore | null {
  const kept = readStoredJson<{ at: number; line: LineBefore }>(LINE, 'tab')
  return kept === null || Date.now() - kept.at > GOOD_FOR_MS ? null : kept.line
}

/** The page before the number: the notice, and before it, once in a visit, the devices. */
export function beforeNumber(item: string): string {
  return `/${readStored(TRIED, 'tab') === '1' ? 'consent' : 'devices'}?item=${item}`
}
