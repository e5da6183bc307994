/** Stand-ins for browser objects in the tests of this folder: a peer connection that keeps the rules of negotiation. */
import { vi } from 'vitest'
import type { IncomingSignal, MediaReport, OutgoingSignal, Signalling } from './signalling'

export class FakeTrack extends EventTarget {
  enabled = true
  muted = false
  readyState: MediaStreamTrackState = 'live'
  readonly id = `track-${Math.random()}`
  constructor(readonly kind: 'audio' | 'video') {
    super()
  }
  stop(): void {
    this.readyState = 'ended'
  }
}

export class FakeStream {
  constructor(private tracks: FakeTrack[] = []) {}
  getTracks(): FakeTrack[] {
    return [...this.tracks]
  }
  addTrack(track: FakeTrack): void {
    if (!this.tracks.includes(track)) this.tracks.push(track)
  }
  removeTrack(track: FakeTrack): void {
    this.tracks = this.tracks.filter((one) => one !== track)
  }
}

interface FakeTransceiver {
  sender: { track: FakeTrack | null; replaceTrack(track: FakeTrack | null): Promise<void> }
  receiver: { track: FakeTrack }
  direction: RTCRtpTransceiverDirection
  currentDirection: RTCRtpTransceiverDirection | null
}

/** Negotiates by the state table of webrtc-pc §4.4.1; throws where a browser would. */
export class FakeConnection extends EventTarget {
  static all: FakeConnection[] = []
  signalingState: RTCSignalingState = 'stable'
  iceConnectionState: RTCIceConnectionState = 'new'
  localDescription: RTCSessionDescriptionInit | null = null
  remoteDescription: RTCSessionDescriptionInit | null = null
  readonly candidates: RTCIceCandidateInit[] = []
  readonly channel = Object.assign(new EventTarget(), {
    readyState: 'connecting',
    sent: [] as string[],
    send: (): void => undefined,
  })
  restarts = 0
  stats: Record<string, unknown>[] = []
  private readonly transceivers: FakeTransceiver[] = []
  private version = 0

  constructor(readonly configuration: RTCConfiguration) {
    super()
    FakeConnection.all.push(this)
  }

  createDataChannel(): unknown {
    return this.channel
  }

  addTrack(track: FakeTrack): void {
    this.add(track.kind, track, 'sendrecv')
  }

  addTransceiver(kind: 'audio' | 'video', init: { direction: RTCRtpTransceiverDirection }): void {
    this.add(kind, null, init.direction)
  }

  getTransceivers(): FakeTransceiver[] {
    return this.transceivers
  }

  async setLocalDescription(...given: [RTCSessionDescriptionInit?]): Promise<void> {
    await Promise.resolve()
    if (this.signalingState === 'closed') throw new Error('closed')
    if (given[0]?.type === 'rollback') {
      if (this.signalingState !== 'have-local-offer') throw new Error('nothing to roll back')
      this.signalingState = 'stable'
      return
    }
    const type = this.signalingState === 'have-remote-offer' ? 'answer' : 'offer'
    this.version += 1
    this.localDescription = { type, sdp: `${type} ${String(this.version)}` }
    this.signalingState = type === 'offer' ? 'have-local-offer' : 'stable'
  }

  async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    await Promise.resolve()
    const fits =
      description.type === 'offer'
        ? this.signalingState === 'stable'
        : this.signalingState === 'have-local-offer'
    if (!fits) throw new Error(`${description.type} in ${this.signalingState}`)
    this.remoteDescription = description
    this.signalingState = description.type === 'offer' ? 'have-remote-offer' : 'stable'
  }

  async addIceCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    await Promise.resolve()
    if (this.remoteDescription === null) throw new Error('no remote description')
    this.candidates.push(candidate)
  }

  restartIce(): void {
    this.restarts += 1
    this.dispatchEvent(new Event('negotiationneeded'))
  }

  getStats(): Promise<Map<string, unknown>> {
    return Promise.resolve(new Map(this.stats.map((entry, index) => [String(index), entry])))
  }

  close(): void {
    this.signalingState = 'closed'
  }

  gather(name: string): void {
    const candidate = { candidate: name, toJSON: () => ({ candidate: name }) }
    this.dispatchEvent(Object.assign(new Event('icecandidate'), { candidate }))
  }

  ice(state: RTCIceConnectionState): void {
    this.iceConnectionState = state
    this.dispatchEvent(new Event('iceconnectionstatechange'))
  }

  arrive(track: FakeTrack): void {
    this.dispatchEvent(Object.assign(new Event('track'), { track }))
  }

  private add(kind: 'audio' | 'video', track: FakeTrack | null, direction: RTCRtpTransceiverDirection): void {
    const sender = {
      track,
      replaceTrack(next: FakeTrack | null): Promise<void> {
        sender.track = next
        return Promise.resolve()
      },
    }
    this.transceivers.push({
      sender,
      receiver: { track: new FakeTrack(kind) },
      direction,
      currentDirection: null,
    })
  }
}
// A browser's own takes none (`length` 0), which is how the product tells engines apart.
Object.defineProperty(FakeConnection.prototype.setLocalDescription, 'length', { value: 0 })

/** A line between participants that a test can cut, delay and look into. */
export class FakeLine {
  readonly sent: (OutgoingSignal & { from: string })[] = []
  readonly reports: MediaReport[] = []
  down = false
  private readonly ends = new Map<string, Set<(signal: IncomingSignal) => void>>()
  private readonly reopened = new Set<() => void>()

  end(participant: string): Signalling {
    const handlers = this.ends.get(participant) ?? new Set<(signal: IncomingSignal) => void>()
    this.ends.set(participant, handlers)
    return {
      send: (signal) => {
        this.sent.push({ ...signal, from: participant })
        if (this.down) return
        const { to, ...rest } = signal
        // By way of a server: never in the same task.
        setTimeout(() => {
          this.ends.get(to)?.forEach((handler) => {
            handler({ ...rest, from: participant })
          })
        }, 1)
      },
      report: (report) => {
        this.reports.push(report)
      },
      onSignal: (handler) => {
        handlers.add(handler)
        return () => handlers.delete(handler)
      },
      onReopen: (handler) => {
        this.reopened.add(handler)
        return () => this.reopened.delete(handler)
      },
    }
  }

  reopen(): void {
    this.down = false
    this.reopened.forEach((handler) => {
      handler()
    })
  }

  kinds(from?: string): string[] {
    return this.sent
      .filter((signal) => from === undefined || signal.from === from)
      .map((signal) =>
        signal.batch
          .map((step) => ('description' in step ? (step.description.type ?? '') : 'candidate'))
          .join('+'),
      )
  }
}

export function useFakeBrowser(): void {
  vi.stubGlobal('MediaStream', FakeStream)
  FakeConnection.all = []
}

export const media = (): { audio: MediaStreamTrack; video: MediaStreamTrack } => ({
  audio: new FakeTrack('audio') as unknown as MediaStreamTrack,
  video: new FakeTrack('video') as unknown as MediaStreamTrack,
})

export const fakeConnect = (configuration: RTCConfiguration): RTCPeerConnection =>
  new FakeConnection(configuration) as unknown as RTCPeerConnection
