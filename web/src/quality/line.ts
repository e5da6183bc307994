/**
 * How good the line is, for each side: ours by how what we send arrives, theirs by what arrives from them. Both come from
 * the statistics of our own browser, so that nobody has to believe what the other page says of itself.
 */
import { shallowReactive, watch } from 'vue'
import type { CallView, MediaStats, Quality } from '@/call'
import { qualityOf } from '@/call'

/** Readings, one a second, that must agree before the bars change: words that flicker tell nothing. */
export const STEADY_READINGS = 3
/** What a picture of 480 lines needs, and what a voice needs, in kbit/s (`ladder.ts`). */
const ROOM = { picture: 120, voice: 30 }

export const BARS: Readonly<Record<Quality, number>> = { good: 4, fair: 2, poor: 1 }

export interface Line {
  ours: Quality | null
  theirs: Quality | null
}

export function ourQuality(stats: MediaStats): Quality | null {
  const path = qualityOf({ roundTripMs: stats.roundTripMs, lossPercent: stats.sentLossPercent })
  if (path === null || stats.availableKbps === null || path === 'poor') return path
  if (stats.availableKbps < ROOM.voice) return 'poor'
  return stats.availableKbps < ROOM.picture ? 'fair' : path
}

/** Changes only after some readings in a row say the same; the first reading counts at once. */
export class Steady<T> {
  value: T | null = null
  private next: T | null = null
  private times = 0

  read(value: T | null): T | null {
    if (value === this.value || value === null) this.times = 0
    else {
      this.times = value === this.next ? this.times + 1 : 1
      this.next = value
      if (this.value === null || this.times >= STEADY_READINGS) {
        this.value = value
        this.times = 0
      }
    }
    return this.value
  }
}

/** The two qualities of a call while it is looked at. */
export function useLine(view: CallView): Line {
  const line = shallowReactive<Line>({ ours: null, theirs: null })
  let ours = new Steady<Quality>()
  let theirs = new Steady<Quality>()
  watch(
    () => view.stats,
    (stats) => {
      if (stats === null) {
        ours = new Steady()
        theirs = new Steady()
      }
      line.ours = ours.read(stats && ourQuality(stats))
      line.theirs = theirs.read(stats && qualityOf(stats))
    },
    { immediate: true },
  )
  return line
}
