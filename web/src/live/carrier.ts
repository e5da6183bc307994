/**
 * What carries the line: a WebSocket or, where none comes through (middleboxes, in-app browsers, iPhones and a
 * certificate that they do not trust), requests that hang. It also finds out when a WebSocket would do again.
 */
import type { Http } from '@/api/http'
import { readStored, writeStored } from '@/ui/stored'
import type { SocketLike } from './socket'

/** WebSockets in a row that are refused before the line is polled; of those that open and stay silent one is enough. */
const REFUSALS = 2
/** A WebSocket is looked for after this long, then after twice as long, up to the longest. In milliseconds. */
export const FIRST_LOOK_MS = 60_000
const LONGEST_LOOK_MS = 600_000
const PATIENCE_MS = 10_000
/** The server closes with this code (protocol error) what does not begin with hello: its answer came through. */
const NOT_UNDERSTOOD = 1002
/** Kept with the tab, so that a reload need not find out again. */
const STORED = 'carrier'

export class Carrier {
  private polling: boolean
  private refusals = 0
  private looks = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private trial: SocketLike | null = null

  /** Without `http` there are WebSockets only. `better` is called when one would do in place of polling. */
  constructor(
    private readonly openSocket: () => SocketLike,
    private readonly http: Http | undefined,
    private readonly better: () => void,
  ) {
    this.polling = http !== undefined && readStored(STORED, 'tab') !== null
  }

  open(): SocketLike | Promise<() => SocketLike> {
    const { http } = this
    if (!this.polling || http === undefined) return this.openSocket()
    return import('./polling').then(
      ({ openPolling }) =>
        () =>
          openPolling(http),
    )
  }

  /** The line is open. */
  welcomed(): void {
    this.refusals = 0
    writeStored(STORED, this.polling ? 'polling' : null, 'tab')
    if (!this.polling) return
    this.lookLater()
    window.addEventListener('online', this.look)
  }

  /** The line is over, or was never greeted. If nothing comes through at all, the two take turns. */
  lost(greeted: boolean, silent: boolean): void {
    this.rest()
    if (greeted || this.http === undefined) return
    this.refusals = this.polling ? REFUSALS - 1 : this.refusals + (silent ? REFUSALS : 1)
    this.polling = this.refusals >= REFUSALS
  }

  /** Stops looking for anything better. */
  rest(): void {
    window.removeEventListener('online', this.look)
    this.forgetTrial()
  }

  private lookLater(): void {
    const pause = Math.min(LONGEST_LOOK_MS, FIRST_LOOK_MS * 2 ** this.looks) * (0.5 + Math.random() / 2)
    this.timer = setTimeout(this.look, pause)
    this.looks += 1
  }

  /** Tries a WebSocket beside the line, saying nothing that would make it one: the tab is open on the polled line. */
  private readonly look = (): void => {
    this.forgetTrial()
    const trial = attempt(this.openSocket)
    if (trial === null) return
    this.trial = trial
    this.timer = setTimeout(() => this.seen(false), PATIENCE_MS)
    trial.onopen = () => trial.send(JSON.stringify({ type: 'ping' }))
    trial.onclose = ({ code }) => this.seen(code === NOT_UNDERSTOOD)
  }

  private seen(works: boolean): void {
    this.forgetTrial()
    if (!works) {
      this.lookLater()
      return
    }
    this.looks = 0
    this.polling = false
    this.better()
  }

  private forgetTrial(): void {
    clearTimeout(this.timer)
    const { trial } = this
    this.trial = null
    if (trial === null) return
    trial.onopen = trial.onclose = null
    trial.close()
  }
}

/** A browser may refuse to make one at all. */
function attempt(open: () => SocketLike): SocketLike | null {
  try {
    return open()
  } catch {
    return null
  }
}
