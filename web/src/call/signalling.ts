/**
 * The port through which a transport talks to the other side, and the batching of what it says.
 *
 * Signalling is short-lived: it is keyed by (call, from attempt, to participant, to attempt), never stored and never
 * replayed, so a transport must be able to say everything again after a lost message.
 */

/** One step of negotiation. A null candidate is never sent. */
export type SignalStep = { description: RTCSessionDescriptionInit } | { candidate: RTCIceCandidateInit }

export interface OutgoingSignal {
  readonly call: string
  readonly from_attempt: number
  readonly to: string
  readonly to_attempt: number
  readonly batch: readonly SignalStep[]
}

export interface IncomingSignal {
  readonly call: string
  readonly from: string
  readonly from_attempt: number
  readonly to_attempt: number
  readonly batch: readonly SignalStep[]
}

/** What the server is told about the media that this page receives; `bytes` and `frames` are sums of the attempt. */
export interface MediaReport {
  readonly call: string
  readonly attempt: number
  readonly ice: RTCIceConnectionState
  readonly bytes: number
  readonly frames: number
}

export interface Signalling {
  /** Sends now or drops: nothing is queued while the line is down. */
  send(signal: OutgoingSignal): void
  report(report: MediaReport): void
  onSignal(handler: (signal: IncomingSignal) => void): () => void
  /** The line is open again after having been down: messages may have been lost. */
  onReopen(handler: () => void): () => void
}

/** How long candidates are collected before they are sent together, in milliseconds. */
export const CANDIDATE_WINDOW_MS = 20

/**
 * Collects steps for one peer. A description leaves at once and takes the collected candidates along; the first
 * candidate after a pause also leaves at once, since connection time hangs on it, and those that follow within the
 * window travel together.
 */
export class SignalBatcher {
  private steps: SignalStep[] = []
  private timer: ReturnType<typeof setTimeout> | null = null

  constructor(private readonly flushTo: (batch: readonly SignalStep[]) => void) {}

  description(description: RTCSessionDescriptionInit): void {
    // Candidates collected before belong to an older description or are already inside this one.
    this.steps = [{ description }]
    this.flush()
  }

  candidate(candidate: RTCIceCandidateInit): void {
    this.steps.push({ candidate })
    if (this.timer !== null) return
    this.flush()
    this.timer = setTimeout(() => {
      this.timer = null
      this.flush()
    }, CANDIDATE_WINDOW_MS)
  }

  close(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = null
    this.steps = []
  }

  private flush(): void {
    if (this.steps.length === 0) return
    const batch = this.steps
    this.steps = []
    this.flushTo(batch)
  }
}
