/** Stand-ins for browser objects in the tests of this folder: a peer connection that keeps the rules of negotiation. */
import { vi } from 'vitest'
import type { IncomingSignal, MediaReport, OutgoingSignal, Signalling } from './signalling'

export class FakeTrack extends EventTarget {
  enabled = true
  muted = false
  readyState: MediaStreamTrackState = 'live'
  readonly id = `track-${Math.random()}`
  label = ''
  constructor(readonly kind: 'audio' | 'video') {
    super()
  }
  stop(): void {
    this.readyState = 'ended'
  }
  getSettings(): MediaTrackSettings {
    return { width: 1280, height: 720 }
  }
}

export class FakeChannel extends EventTarget {
  readyState = 'open'
  bufferedAmount = 0
  readonly sent: string[] = []
  send(data: string): void {
    this.sent.push(data)
  }
  hear(data: unknown): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data }))
  }
}

export class FakeStream {
  constructor(private tracks: FakeTrack[] = []) {}
  getTracks(): FakeTrack[] {
    return [...this.tracks]
  }
  getAudioTracks(): FakeTrack[] {
    return this.tracks.filter((one) => one.kind === 'audio')
  }
  getVideoTracks(): FakeTrack[] {
    return this.tracks.filter((one) => one.kind === 'video')
  }
  addTrack(track: FakeTrack): void {
    if (!this.tracks.includes(track)) this.tracks.push(track)
  }
  removeTrack(track: FakeTrack): void {
    this.tracks = this.tracks.filter((one) => one !== track)
  }
}

export interface FakeTransceiver {
  mid: string | null
  sender: {
    track: FakeTrack | null
    parameters: RTCRtpSendParameters
    replaceTrack(track: FakeTrack | null): Promise<void>
    getParameters(): RTCRtpSendParameters
    setParameters(parameters: RTCRtpSendParameters): Promise<void>
  }
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
  /** By label, in the order of their making. */
  readonly channels = new Map<string, FakeChannel>()
  restarts = 0
  stats: Record<string, unknown>[] = []
  private readonly transceivers: FakeTransceiver[] = []
  private version = 0

  constructor(readonly configuration: RTCConfiguration) {
    super()
    FakeConnection.all.push(this)
  }

  createDataChannel(label: string): FakeChannel {
    const channel = new FakeChannel()
    this.channels.set(label, channel)
    return channel
  }

  addTrack(track: FakeTrack): void {
    this.add(track.kind, track, 'sendrecv')
  }

  addTransceiver(
    what: 'audio' | 'video' | FakeTrack,
    init: { direction: RTCRtpTransceiverDirection },
  ): FakeTransceiver {
    return typeof what === 'string'
      ? this.add(what, null, init.direction)
      : this.add(what.kind, what, init.direction)
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

  /** A track on the first line of its kind, or on one that the other side has added. */
  arrive(track: FakeTrack, mid?: string): void {
    const transceiver =
      mid === undefined
        ? (this.transceivers.find((one) => one.receiver.track.kind === track.kind) ??
          this.add(track.kind, null, 'recvonly'))
        : this.add(track.kind, null, 'recvonly')
    transceiver.mid = mid ?? transceiver.mid
    this.dispatchEvent(Object.assign(new Event('track'), { track, transceiver }))
  }

  private add(
    kind: 'audio' | 'video',
    track: FakeTrack | null,
    direction: RTCRtpTransceiverDirection,
  ): FakeTransceiver {
    const sender = {
      track,
      parameters: { encodings: [{}] } as RTCRtpSendParameters,
      getParameters: () => sender.parameters,
      setParameters: (parameters: RTCRtpSendParameters) => {
        sender.parameters = parameters
        return Promise.resolve()
      },
      replaceTrack(next: FakeTrack | null): Promise<void> {
        sender.track = next
        return Promise.resolve()
      },
    }
    const made: FakeTransceiver = {
      mid: null,
      sender,
      receiver: { track: new FakeTrack(kind) },
      direction,
      currentDirection: null,
    }
    this.transceivers.push(made)
    return made
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
