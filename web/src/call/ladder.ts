/**
 * The weak-network ladder (domain §7, architecture §5): 720p → 480p → voice → voice with stills → offer a callback. Each side
 * climbs it for what it sends itself, by what the others tell of its packets.
 *
 * Down is quick, for speech suffers while one waits; up is slow and slower after each relapse, for a picture that comes and
 * goes is worse than none.
 */
import type { MediaStats, SendLimit } from './transport'

export const RUNGS = ['full', 'reduced', 'voice', 'stills'] as const
export type Rung = (typeof RUNGS)[number]

/** So long a line must be bad before we go down. Milliseconds. */
export const DOWN_AFTER_MS = 4000
/** So long it must be good before we try a rung up; doubled after each relapse, to `UP_AT_MOST_MS`. Milliseconds. */
export const UP_AFTER_MS = 15_000
export const UP_AT_MOST_MS = 120_000

/** Where speech begins to suffer: loss of what we send in percent, round trip in milliseconds. */
const BAD = { loss: 8, roundTrip: 800 }
const GOOD = { loss: 2, roundTrip: 400 }
/** What a rung's picture needs to be worth sending, in kbit/s; below, the rung is bad however few packets are lost. */
const NEEDS: Readonly<Record<Rung, number>> = { full: 250, reduced: 120, voice: 30, stills: 0 }

const LIMITS: Readonly<Record<Rung, SendLimit>> = {
  full: { video: true, height: 720, kbps: 1500 },
  reduced: { video: true, height: 480, kbps: 400 },
  voice: { video: false, height: 480, kbps: 400 },
  stills: { video: false, height: 480, kbps: 400 },
}

export function limitOf(rung: Rung): SendLimit {
  return LIMITS[rung]
}

export class Ladder {
  rung: Rung = 'full'
  private chosen: Rung | null = null
  private badSince: number | null = null
  private goodSince: number | null = null
  private patience = UP_AFTER_MS
  private wentUpAt = Number.NEGATIVE_INFINITY

  /** A person's choice holds until it is taken back; then the line decides from there. */
  choose(rung: Rung | null): void {
    this.chosen = rung
    this.badSince = null
    this.goodSince = null
    if (rung !== null) this.rung = rung
    else this.patience = UP_AFTER_MS
  }

  /** Reads how what we send arrives; `now` in milliseconds of any clock that only goes on. */
  read(stats: MediaStats, now: number): void {
    if (this.chosen !== null) return
    const verdict = this.judge(stats)
    this.badSince = verdict === 'bad' ? (this.badSince ?? now) : null
    this.goodSince = verdict === 'good' ? (this.goodSince ?? now) : null
    if (this.badSince !== null && now - this.badSince >= DOWN_AFTER_MS) this.down(now)
    else if (this.goodSince !== null && now - this.goodSince >= this.patience) this.up(now)
  }

  private judge({ sentLossPercent, roundTripMs, availableKbps }: MediaStats): 'good' | 'bad' | 'neither' {
    if (roundTripMs === null) return 'neither'
    const loss = sentLossPercent ?? 0
    const room = availableKbps ?? Number.POSITIVE_INFINITY
    if (loss > BAD.loss || roundTripMs > BAD.roundTrip || room < NEEDS[this.rung]) return 'bad'
    return loss < GOOD.loss && roundTripMs < GOOD.roundTrip ? 'good' : 'neither'
  }

  private down(now: number): void {
    if (now - this.wentUpAt < this.patience) this.patience = Math.min(UP_AT_MOST_MS, 2 * this.patience)
    this.step(1)
    this.badSince = now
  }

  private up(now: number): void {
    this.step(-1)
    this.wentUpAt = now
    this.goodSince = now
  }

  private step(by: 1 | -1): void {
    const next = RUNGS[RUNGS.indexOf(this.rung) + by]
    if (next !== undefined) this.rung = next
  }
}
