/** What one page measures of one call: sums and bounds as the server takes them (`QualityReport`), nothing of the person. */
import type { components } from '@/api/schema'
import type { CallView, MediaStats, Rung } from '@/call'

export type Report = components['schemas']['QualityReport']
export type Cause = NonNullable<Report['cause']>

/** Without media for so long a setup has failed for now; media that come later take it back (`model.md` §3). */
export const SETUP_MS = 15_000
/** What the server takes at most. */
const MOST = { setup: 3_600_000, count: 100_000, frozen: 86_400_000, roundTrip: 60_000, kbps: 1_000_000 }
/** Round trips are counted in steps of so many milliseconds, up to two seconds: a long call costs no more than a short one. */
const STEP_MS = 10
const STEPS = 200

const within = (value: number, most: number): number => Math.max(0, Math.min(most, Math.round(value)))

export class Statistics {
  private number = 0
  private setup: number | null = null
  private firstFrame: number | null = null
  private readonly trips = new Array<number>(STEPS + 1).fill(0)
  private worstTrip: number | null = null
  private loss = { sum: 0, readings: 0 }
  private last: MediaStats | null = null
  private readAt: number
  private rung: Rung | null = null
  private rungChanges = 0
  private relay = false

  /** `joinedAt` is when joining began, in milliseconds of the clock that the other methods are given. */
  constructor(private readonly joinedAt: number) {
    this.readAt = joinedAt
  }

  /** Media flow. Only the first time counts. */
  connected(now: number): void {
    this.setup ??= now - this.joinedAt
  }

  onRung(rung: Rung): void {
    if (this.rung !== null && rung !== this.rung) this.rungChanges += 1
    this.rung = rung
  }

  read(stats: MediaStats, now: number): void {
    this.last = stats
    this.readAt = now
    this.relay ||= stats.relay
    if (stats.framesDecoded > 0) this.firstFrame ??= now - this.joinedAt
    if (stats.lossPercent !== null) {
      this.loss.sum += stats.lossPercent
      this.loss.readings += 1
    }
    if (stats.roundTripMs === null) return
    const step = Math.min(STEPS, Math.floor(stats.roundTripMs / STEP_MS))
    this.trips[step] = (this.trips[step] ?? 0) + 1
    this.worstTrip = Math.max(this.worstTrip ?? 0, stats.roundTripMs)
  }

  /** The next report. `over`: the page or the call ends, so that what has not come will not come. */
  report(attempt: number, devices: CallView['devices'], now: number, over: boolean): Report {
    this.number += 1
    const { last } = this
    const seconds = (this.readAt - this.joinedAt - (this.setup ?? 0)) / 1000
    return {
      attempt,
      number: this.number,
      setup_ms: this.setup === null ? null : within(this.setup, MOST.setup),
      first_frame_ms: this.firstFrame === null ? null : within(this.firstFrame, MOST.setup),
      freezes: within(last?.freezes ?? 0, MOST.count),
      frozen_ms: within((last?.frozenSeconds ?? 0) * 1000, MOST.frozen),
      loss_permille:
        this.loss.readings === 0 ? null : within((10 * this.loss.sum) / this.loss.readings, 1000),
      round_trip_ms: this.medianTrip(),
      worst_round_trip_ms: this.worstTrip === null ? null : within(this.worstTrip, MOST.roundTrip),
      kbps: seconds > 0 ? within(((last?.bytesReceived ?? 0) * 8) / 1000 / seconds, MOST.kbps) : 0,
      rung_changes: within(this.rungChanges, MOST.count),
      relay: this.relay,
      cause: this.causeOf(devices, over || now - this.joinedAt >= SETUP_MS),
    }
  }

  private medianTrip(): number | null {
    const half = this.trips.reduce((sum, one) => sum + one, 0) / 2
    if (half === 0) return null
    let seen = 0
    const step = this.trips.findIndex((one) => (seen += one) >= half)
    return step * STEP_MS
  }

  /** A microphone that does not work is a failed setup even where media flow: nobody hears this person. */
  private causeOf({ microphone }: CallView['devices'], late: boolean): Cause | null {
    if (microphone === 'insecure') return 'insecure_page'
    if (microphone === 'denied') return 'permission'
    if (microphone === 'missing' || microphone === 'busy') return 'no_device'
    if (this.setup !== null || !late) return null
    const ice = this.last?.ice ?? 'new'
    if (ice === 'new') return 'signalling_timeout'
    return ice === 'connected' || ice === 'completed' ? 'unknown' : 'no_route'
  }
}
