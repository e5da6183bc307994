/**
 * The built-in transport: a mesh of peer connections, signalled over our own WebSocket.
 *
 * Speed of the first frame: the side that expects to join later makes its offer ahead (`prepare`), so that joining sends
 * one message with description and candidates; the side that waits has its connection and tracks ready. Codecs are the
 * browser's own first choice (Opus, VP8), which every web view of ours has.
 */
import { MediaReporter } from './media-report'
import { isUp, PeerLink } from './peer-link'
import { RemoteFace } from './remote-media'
import type { IncomingSignal, SignalStep, Signalling } from './signalling'
import { addSums, lossBetween, NO_SUMS, sumReport, type LinkSums } from './stats'
import type {
  CallTransport,
  LocalMedia,
  MediaStats,
  Peer,
  RemoteMedia,
  Seat,
  TransportEvents,
  TransportState,
} from './transport'

/** A peer that came later and should speak first gets so long before we do, in milliseconds. */
export const PEER_SPEAKS_FIRST_MS = 2000
/** Channel number of the little state channel (who is muted), agreed beforehand so that it needs no announcement. */
const STATE_CHANNEL = 0

export interface PeerToPeerOptions {
  readonly signalling: Signalling
  /** Replaced in tests. */
  readonly connect?: (configuration: RTCConfiguration) => RTCPeerConnection
  readonly now?: () => number
}

interface Connected {
  readonly link: PeerLink
  readonly state: RTCDataChannel
  /** Filled in when a prepared link is claimed. */
  peer: Peer | null
  silence: ReturnType<typeof setTimeout> | null
}

type Listeners = { [K in keyof TransportEvents]: Set<(value: TransportEvents[K]) => void> }

export class PeerToPeerTransport implements CallTransport {
  state: TransportState = 'connecting'
  remote: readonly RemoteMedia[] = []
  private seat: Seat | null = null
  private local: LocalMedia = { audio: null, video: null }
  private sending = { audio: true, video: true }
  private spare: Connected | null = null
  private readonly links = new Map<string, Connected>()
  private readonly faces = new Map<string, RemoteFace>()
  private readonly listeners: Listeners = { state: new Set(), remote: new Set(), stats: new Set() }
  private readonly reporter: MediaReporter
  private readonly undo: (() => void)[] = []
  private past: LinkSums = NO_SUMS
  private lastSums: LinkSums = NO_SUMS
  private stopped = false

  constructor(private readonly options: PeerToPeerOptions) {
    this.reporter = new MediaReporter({
      read: () => this.read(),
      report: (stats) => {
        this.report(stats)
      },
      onStats: (stats) => {
        this.tell('stats', stats)
      },
      onState: (state) => {
        this.state = state
        this.tell('state', state)
      },
      now: options.now ?? (() => performance.now()),
    })
  }

  prepare(local: LocalMedia, speakFirst: boolean): void {
    if (this.stopped || this.seat !== null || this.spare !== null) return
    this.local = local
    this.spare = this.build({ iceServers: [] })
    if (speakFirst) this.spare.link.prepareOffer()
  }

  start(seat: Seat, peers: readonly Peer[], local: LocalMedia): void {
    if (this.stopped || this.seat !== null) return
    this.seat = seat
    const sameDevices = local.audio === this.local.audio && local.video === this.local.video
    if (this.spare !== null && (!sameDevices || seat.iceServers.length > 0)) this.dropSpare()
    this.local = local
    this.applySending()
    this.undo.push(
      this.options.signalling.onSignal((signal) => {
        this.receive(signal)
      }),
      this.options.signalling.onReopen(() => {
        this.links.forEach(({ link }) => {
          link.repeat()
        })
      }),
      onNetworkChange(() => {
        this.links.forEach(({ link }) => {
          link.restart()
        })
      }),
    )
    for (const peer of peers) if (peer.attempt > 0) this.open(peer).link.offer()
    this.reporter.start()
  }

  setPeers(peers: readonly Peer[]): void {
    if (this.stopped || this.seat === null) return
    for (const peer of peers) {
      const known = this.links.get(peer.id)?.peer?.attempt ?? 0
      if (peer.attempt > known) this.expect(this.open(peer))
    }
    const listed = new Set(peers.map((peer) => peer.id))
    for (const id of [...this.links.keys()]) if (!listed.has(id)) this.forget(id)
  }

  setMicrophone(on: boolean): void {
    this.sending = { ...this.sending, audio: on }
    this.applySending()
  }

  setCamera(on: boolean): void {
    this.sending = { ...this.sending, video: on }
    this.applySending()
  }

  replace(local: LocalMedia): void {
    this.local = local
    this.applySending()
    if (this.seat === null) this.dropSpare()
    for (const { link } of [...this.links.values(), ...(this.spare === null ? [] : [this.spare])])
      void link.replace(local)
  }

  on<K extends keyof TransportEvents>(event: K, handler: (value: TransportEvents[K]) => void): () => void {
    this.listeners[event].add(handler)
    return () => {
      this.listeners[event].delete(handler)
    }
  }

  stop(): void {
    if (this.stopped) return
    this.stopped = true
    this.reporter.stop()
    for (const undo of this.undo) undo()
    for (const connected of this.links.values()) close(connected)
    this.links.clear()
    this.dropSpare()
  }

  /** Link with one attempt of a peer; an older attempt's link is dropped, its last picture stays on the screen. */
  private open(peer: Peer): Connected {
    this.forget(peer.id)
    const connected = this.spare ?? this.build({ iceServers: [...(this.seat?.iceServers ?? [])] })
    this.spare = null
    connected.peer = peer
    connected.link.setPolite(this.seat?.polite ?? true)
    this.links.set(peer.id, connected)
    return connected
  }

  private build(configuration: RTCConfiguration): Connected {
    const connect = this.options.connect ?? ((given: RTCConfiguration) => new RTCPeerConnection(given))
    const connection = connect({ bundlePolicy: 'max-bundle', ...configuration })
    const link = new PeerLink({
      polite: true,
      connection,
      emit: (batch) => {
        this.send(connected, batch)
      },
      onTrack: (track) => {
        if (connected.peer !== null) this.face(connected.peer.id).add(track)
      },
      onIce: () => {
        this.reporter.nudge()
      },
    })
    const state = connection.createDataChannel('state', { negotiated: true, id: STATE_CHANNEL })
    const connected: Connected = { link, state, peer: null, silence: null }
    state.addEventListener('open', () => {
      this.saySending(connected)
    })
    state.addEventListener('message', ({ data }) => {
      this.hearSending(connected, data)
    })
    link.addLocal(this.local)
    return connected
  }

  /** Waits for the later one's offer, and speaks up when it does not come. */
  private expect(connected: Connected): void {
    connected.silence = setTimeout(() => {
      if (!connected.link.agreed) connected.link.offer()
    }, PEER_SPEAKS_FIRST_MS)
  }

  private forget(id: string): void {
    const old = this.links.get(id)
    if (old === undefined) return
    this.links.delete(id)
    // Sums of an attempt never shrink: the server would take a smaller number for silence.
    this.past = { ...this.lastSums, roundTripMs: null }
    close(old)
  }

  private receive(signal: IncomingSignal): void {
    const seat = this.seat
    if (seat === null || signal.call !== seat.call || signal.to_attempt !== seat.attempt) return
    const known = this.links.get(signal.from)
    const attempt = known?.peer?.attempt ?? 0
    if (signal.from_attempt < attempt) return
    if (known !== undefined && signal.from_attempt === attempt) {
      known.link.receive(signal.batch)
      return
    }
    // A newer attempt than the state document has told of yet: its offer is news enough, anything else means nothing.
    if (!signal.batch.some((step) => 'description' in step && step.description.type === 'offer')) return
    this.open({ id: signal.from, attempt: signal.from_attempt }).link.receive(signal.batch)
  }

  private send(connected: Connected, batch: readonly SignalStep[]): void {
    if (this.seat === null || connected.peer === null) return
    this.options.signalling.send({
      call: this.seat.call,
      from_attempt: this.seat.attempt,
      to: connected.peer.id,
      to_attempt: connected.peer.attempt,
      batch,
    })
  }

  private face(participant: string): RemoteFace {
    let face = this.faces.get(participant)
    if (face === undefined) {
      face = new RemoteFace(participant, () => {
        this.remoteChanged()
      })
      this.faces.set(participant, face)
    }
    return face
  }

  private remoteChanged(): void {
    if (this.stopped) return
    this.remote = [...this.faces.values()].map((face) => face.view())
    this.tell('remote', this.remote)
  }

  private applySending(): void {
    if (this.local.audio !== null) this.local.audio.enabled = this.sending.audio
    if (this.local.video !== null) this.local.video.enabled = this.sending.video
    this.links.forEach((connected) => {
      this.saySending(connected)
    })
  }

  private saySending(connected: Connected): void {
    if (connected.state.readyState === 'open') connected.state.send(JSON.stringify(this.sending))
  }

  private hearSending(connected: Connected, data: unknown): void {
    if (connected.peer === null || typeof data !== 'string' || data.length > 200) return
    const said = parseSending(data)
    if (said !== null) this.face(connected.peer.id).setSending(said)
  }

  private async read(): Promise<MediaStats> {
    let sums = this.past
    for (const { link } of this.links.values())
      sums = addSums(sums, sumReport(await link.connection.getStats()))
    const loss = lossBetween(this.lastSums, sums)
    this.lastSums = sums
    return {
      ice: this.ice(),
      bytesReceived: sums.bytes,
      framesDecoded: sums.frames,
      audioEnergy: sums.energy,
      roundTripMs: sums.roundTripMs,
      lossPercent: loss,
    }
  }

  /** The worst path speaks for the call. */
  private ice(): RTCIceConnectionState {
    const states = [...this.links.values()].map(({ link }) => link.connection.iceConnectionState)
    return (
      states.find((state) => state === 'failed') ?? states.find((state) => !isUp(state)) ?? states[0] ?? 'new'
    )
  }

  private report(stats: MediaStats): void {
    if (this.seat === null) return
    this.options.signalling.report({
      call: this.seat.call,
      attempt: this.seat.attempt,
      ice: stats.ice,
      bytes: stats.bytesReceived,
      frames: stats.framesDecoded,
    })
  }

  private tell<K extends keyof TransportEvents>(event: K, value: TransportEvents[K]): void {
    if (!this.stopped)
      this.listeners[event].forEach((handler) => {
        handler(value)
      })
  }

  private dropSpare(): void {
    if (this.spare !== null) close(this.spare)
    this.spare = null
  }
}

function close(connected: Connected): void {
  if (connected.silence !== null) clearTimeout(connected.silence)
  connected.link.close()
}

/** What the other page says it sends, or null when it is not what we speak. */
function parseSending(data: string): { audio: boolean; video: boolean } | null {
  try {
    const said: unknown = JSON.parse(data)
    if (typeof said !== 'object' || said === null) return null
    const { audio, video } = said as Record<string, unknown>
    return typeof audio === 'boolean' && typeof video === 'boolean' ? { audio, video } : null
  } catch {
    return null
  }
}

/** Calls back when the device went to another network; returns how to stop. */
function onNetworkChange(handler: () => void): () => void {
  const connection = (navigator as { connection?: EventTarget }).connection
  window.addEventListener('online', handler)
  connection?.addEventListener('change', handler)
  return () => {
    window.removeEventListener('online', handler)
    connection?.removeEventListener('change', handler)
  }
}
