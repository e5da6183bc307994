/**
 * One RTCPeerConnection with one attempt of one peer, negotiated “perfectly” (W3C webrtc-pc §10.7): both sides may
 * offer at any time; on glare the polite one rolls back and the impolite one ignores.
 *
 * A link is for one pair of attempts. A reload on either side makes a new link; a stale signal never reaches one.
 */
import { Senders } from './senders'
import { SignalBatcher, type SignalStep } from './signalling'

/** An unanswered offer is said again after this long: signalling is not replayed. Milliseconds. */
export const RESEND_OFFER_MS = 3000
/** A disconnected path often heals by itself; after this long it is restarted. Milliseconds. */
export const DISCONNECTED_PATIENCE_MS = 2500
/** Pause between restarts of a path that stays broken, in milliseconds. */
export const RESTART_EVERY_MS = 6000
/** So long after the path is there the first picture has come, and the line has been tried out. Milliseconds. */
export const GROW_AFTER_MS = 1500

export interface LinkOptions {
  readonly connection: RTCPeerConnection
  readonly emit: (batch: readonly SignalStep[]) => void
  readonly onTrack: (track: MediaStreamTrack, line: RTCRtpTransceiver) => void
  readonly onIce: (state: RTCIceConnectionState) => void
  /** Both descriptions are in place: lines have their numbers. */
  readonly onAgreed: () => void
}

export class PeerLink {
  readonly connection: RTCPeerConnection
  readonly senders: Senders
  private readonly batcher: SignalBatcher
  private polite = true
  private makingOffer = false
  private offering: Promise<void> = Promise.resolve()
  /** Negotiation waits until `offer()` or until the peer's first offer: the one who came later speaks first. */
  private mayOffer = false
  private closed = false
  private inbox: Promise<void> = Promise.resolve()
  private resendTimer: ReturnType<typeof setTimeout> | null = null
  private restartTimer: ReturnType<typeof setTimeout> | null = null
  private growTimer: ReturnType<typeof setTimeout> | null = null

  constructor(private readonly options: LinkOptions) {
    this.connection = options.connection
    this.senders = new Senders(options.connection)
    this.batcher = new SignalBatcher((batch) => {
      options.emit(batch)
    })
    this.listen()
  }

  /** Politeness is known with the seat, which a prepared link does not have yet. */
  setPolite(polite: boolean): void {
    this.polite = polite
  }

  /** Makes the local offer and starts gathering, but says nothing: `offer()` will send it with what was gathered. */
  prepareOffer(): void {
    this.senders.askForAllKinds()
    void this.negotiate()
  }

  /** Sends the first offer; a prepared one leaves in the same task. */
  offer(): void {
    this.mayOffer = true
    if (this.connection.signalingState === 'have-local-offer') {
      this.sendLocal()
      return
    }
    if (!this.agreed) this.senders.askForAllKinds()
    void this.negotiate()
  }

  /** True once both sides have agreed at least once. */
  get agreed(): boolean {
    return this.connection.remoteDescription !== null
  }

  receive(batch: readonly SignalStep[]): void {
    // One after another: a candidate must not overtake its description.
    this.inbox = this.inbox
      .then(async () => {
        for (const step of batch) {
          if (this.closed) return
          if ('description' in step) await this.receiveDescription(step.description)
          else await this.receiveCandidate(step.candidate)
        }
      })
      .catch(() => {
        this.recover()
      })
  }

  /** Says again what may have been lost while the signalling line was down. */
  repeat(): void {
    if (this.closed || !this.mayOffer) return
    if (this.connection.signalingState === 'have-local-offer') this.sendLocal()
    else if (!isUp(this.connection.iceConnectionState)) this.restart()
  }

  /** New path with the same media: after a failure, or when the network changed. */
  restart(): void {
    if (this.closed || !this.mayOffer || this.connection.signalingState !== 'stable') return
    this.connection.restartIce() // asks for negotiation by itself
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.batcher.close()
    this.cancel('resendTimer')
    this.cancel('restartTimer')
    this.cancel('growTimer')
    this.connection.close()
  }

  private listen(): void {
    const pc = this.connection
    pc.addEventListener('negotiationneeded', () => {
      if (this.mayOffer) void this.negotiate()
    })
    pc.addEventListener('icecandidate', ({ candidate }) => {
      // Before the first offer has been sent, candidates simply gather inside the local description.
      if (candidate !== null && candidate.candidate !== '' && this.mayOffer)
        this.batcher.candidate(candidate.toJSON())
    })
    pc.addEventListener('track', ({ track, transceiver }) => {
      this.options.onTrack(track, transceiver)
    })
    pc.addEventListener('iceconnectionstatechange', () => {
      this.iceChanged()
    })
  }

  private async negotiate(): Promise<void> {
    if (this.closed || this.makingOffer || this.connection.signalingState !== 'stable') return
    this.offering = this.setLocalOffer()
    await this.offering
  }

  private async setLocalOffer(): Promise<void> {
    this.makingOffer = true
    try {
      await describe(this.connection, 'offer')
    } catch {
      this.recover()
    } finally {
      this.makingOffer = false
    }
    // `offer()` may have been called while the description was being made.
    if (this.mayOffer && this.connection.signalingState === 'have-local-offer') this.sendLocal()
  }

  private sendLocal(): void {
    const description = this.connection.localDescription
    if (this.closed || description === null) return
    this.batcher.description({ type: description.type, sdp: description.sdp })
    this.cancel('resendTimer')
    if (description.type !== 'offer') return
    this.resendTimer = setTimeout(() => {
      if (this.connection.signalingState === 'have-local-offer') this.sendLocal()
    }, RESEND_OFFER_MS)
  }

  private async receiveDescription(description: RTCSessionDescriptionInit): Promise<void> {
    const pc = this.connection
    const ready = !this.makingOffer && pc.signalingState === 'stable'
    const collision = description.type === 'offer' && !ready
    // An offer that was prepared and never sent gives way on either side.
    if (collision && !this.polite && this.mayOffer) return
    if (description.type === 'answer' && pc.signalingState !== 'have-local-offer') return // answer to an offer said twice
    if (collision) await this.rollBack()
    await pc.setRemoteDescription(description)
    this.mayOffer = true
    if (description.type === 'offer') {
      await describe(pc, 'answer')
      this.sendLocal()
    } else this.cancel('resendTimer')
    this.options.onAgreed()
  }

  /** Takes our own offer back; one still being made is waited for, since a rollback before it would undo nothing. */
  private async rollBack(): Promise<void> {
    await this.offering
    if (this.connection.signalingState === 'have-local-offer') {
      await this.connection.setLocalDescription({ type: 'rollback' })
    }
  }

  private async receiveCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    try {
      await this.connection.addIceCandidate(candidate)
    } catch {
      // It belongs to an offer that was ignored or to a description that got lost: the next offer brings all candidates.
    }
  }

  private iceChanged(): void {
    const state = this.connection.iceConnectionState
    this.options.onIce(state)
    this.cancel('restartTimer')
    if (isUp(state))
      this.growTimer ??= setTimeout(() => {
        this.senders.grow()
      }, GROW_AFTER_MS)
    if (state === 'failed') this.restart()
    if (state === 'failed' || state === 'disconnected') this.restartLater(DISCONNECTED_PATIENCE_MS)
  }

  private restartLater(delay: number): void {
    this.restartTimer = setTimeout(() => {
      if (this.closed || isUp(this.connection.iceConnectionState)) return
      this.restart()
      this.restartLater(RESTART_EVERY_MS)
    }, delay)
  }

  /** A step that failed (a description crossed another one) is repeated by a fresh offer after a short while. */
  private recover(): void {
    if (this.closed || this.restartTimer !== null) return
    this.restartTimer = setTimeout(() => {
      this.restartTimer = null
      if (isUp(this.connection.iceConnectionState)) return
      if (this.agreed) this.restart()
      else void this.negotiate()
    }, RESEND_OFFER_MS)
  }

  private cancel(timer: 'resendTimer' | 'restartTimer' | 'growTimer'): void {
    const running = this[timer]
    if (running !== null) clearTimeout(running)
    this[timer] = null
  }
}

export function isUp(state: RTCIceConnectionState): boolean {
  return state === 'connected' || state === 'completed'
}

/** Sets the local description the browser deems right; older engines (iOS 14) need it made by hand. */
async function describe(pc: RTCPeerConnection, type: 'offer' | 'answer'): Promise<void> {
  if (pc.setLocalDescription.length === 0) await pc.setLocalDescription()
  else await pc.setLocalDescription(type === 'offer' ? await pc.createOffer() : await pc.createAnswer())
}
