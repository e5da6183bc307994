/**
 * Reads what arrives, turns it into the transport's state, and tells the server (`model.md` §3): every 5 s and on change.
 *
 * Until the first bytes are seen it looks often, so that both sides are known to be connected soon after they are.
 */
import type { MediaStats, TransportState } from './transport'

export const REPORT_EVERY_MS = 5000
/** Reading interval before media has flowed, in milliseconds. */
export const LOOK_EVERY_MS = 250
/** So many quick readings follow the first bytes: the first picture comes a little after the first sound. */
const QUICK_LOOKS = 12
/** Reading interval afterwards, in milliseconds. */
export const WATCH_EVERY_MS = 1000
/** No new bytes for this long means that the media has stopped, in milliseconds. */
export const SILENCE_MS = 3500

export interface MediaReportPort {
  read(): Promise<MediaStats>
  report(stats: MediaStats): void
  onStats(stats: MediaStats): void
  onState(state: TransportState): void
  now(): number
}

export class MediaReporter {
  state: TransportState = 'connecting'
  private timer: ReturnType<typeof setTimeout> | null = null
  private running = false
  private bytes = 0
  private frames = 0
  private grownAt = 0
  private reportedAt = 0
  private reportedIce: RTCIceConnectionState | null = null
  private quickLooks = QUICK_LOOKS

  constructor(private readonly port: MediaReportPort) {}

  start(): void {
    if (this.running) return
    this.running = true
    this.reportedAt = this.port.now()
    this.schedule(LOOK_EVERY_MS)
  }

  /** Something happened (a path came up or went down): look now instead of at the next turn. */
  nudge(): void {
    if (this.running) this.schedule(0)
  }

  stop(): void {
    this.running = false
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
  }

  private schedule(delay: number): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      void this.look()
    }, delay)
  }

  private async look(): Promise<void> {
    this.timer = null
    const stats = await this.port.read()
    if (!this.running) return
    const first = this.update(stats)
    this.port.onStats(stats)
    this.reportIfDue(stats, first)
    // A nudge during the reading has set a sooner turn already.
    if (this.timer === null) this.schedule(this.settled() ? WATCH_EVERY_MS : LOOK_EVERY_MS)
  }

  private settled(): boolean {
    if (this.state !== 'connected') return false
    this.quickLooks -= 1
    return this.frames > 0 || this.quickLooks < 0
  }

  /** Returns whether this reading changed something that the server should hear of at once. */
  private update(stats: MediaStats): boolean {
    const before = this.state
    const firstFrame = this.frames === 0 && stats.framesDecoded > 0
    if (stats.bytesReceived > this.bytes) this.grownAt = this.port.now()
    const flowing = stats.bytesReceived > 0 && this.port.now() - this.grownAt < SILENCE_MS
    this.bytes = stats.bytesReceived
    this.frames = stats.framesDecoded
    this.state = nextState(before, stats.ice, flowing)
    if (this.state !== before) this.port.onState(this.state)
    return firstFrame || this.state !== before
  }

  /** The search for a path is no news: what is told meanwhile would stand before the other side's signals. */
  private reportIfDue(stats: MediaStats, changed: boolean): void {
    const due = this.port.now() - this.reportedAt >= REPORT_EVERY_MS
    const news = stats.ice !== this.reportedIce && (this.state !== 'connecting' || stats.ice === 'failed')
    if (!due && !changed && !news) return
    this.reportedAt = this.port.now()
    this.reportedIce = stats.ice
    this.port.report(stats)
  }
}

/** Bytes decide; the path only tells a broken line from a silent one. */
export function nextState(
  before: TransportState,
  ice: RTCIceConnectionState,
  flowing: boolean,
): TransportState {
  if (flowing && ice !== 'failed') return 'connected'
  if (ice === 'failed') return 'failed'
  return before === 'connecting' ? 'connecting' : 'interrupted'
}
