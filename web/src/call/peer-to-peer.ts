/**
 * The built-in transport: a mesh of peer connections, signalled over our own WebSocket.
 *
 * Speed of the first frame: the side that expects to join later makes its offer ahead (`prepare`), so that joining sends
 * one message with description and candidates; the side that waits has its connection and tracks ready. Codecs are the
 * browser's own first choice (Opus, VP8), which every web view of ours has.
 */
import { Channels, isSayable, sentNames } from './channels'
import { MediaReporter } from './media-report'
import { essentialOf, MeshSums } from './mesh-sums'
import { onNetworkChange } from './network'
import { PeerLink } from './peer-link'
import { RemoteParticipant } from './remote-media'
import type { IncomingSignal, SignalStep, Signalling } from './signalling'
import {
  NO_LIMIT,
  type CallTransport,
  type LocalMedia,
  type MediaStats,
  type Message,
  type Paused,
  type Peer,
  type RemoteMedia,
  type Seat,
  type SendLimit,
  type TrackName,
  type TransportEvents,
  type TransportState,
} from './transport'

/** A peer that came later and should speak first gets so long before we do, in milliseconds. */
export const PEER_SPEAKS_FIRST_MS = 2000
/** More signals than any negotiation says before we know our seat. */
const EARLY_SIGNALS = 32

export interface PeerToPeerOptions {
  readonly signalling: Signalling
  /** Replaced in tests. */
  readonly connect?: (configuration: RTCConfiguration) => RTCPeerConnection
  readonly now?: () => number
}

interface Connected {
  readonly link: PeerLink
  readonly channels: Channels
  /** Filled in when a prepared link is claimed. */
  peer: Peer | null
  silence: ReturnType<typeof setTimeout> | null
}

type Beside = Exclude<TrackName, 'face'>
type Listeners = { [K in keyof TransportEvents]: Set<(value: TransportEvents[K]) => void> }

export class PeerToPeerTransport implements CallTransport {
  state: TransportState = 'connecting'
  remote: readonly RemoteMedia[] = []
  private seat: Seat | null = null
  private local: LocalMedia = { audio: null, video: null }
  private sending = { audio: true, video: true }
  private paused: Paused | null = null
  private spare: Connected | null = null
  private readonly links = new Map<string, Connected>()
  private readonly beside = new Map<Beside, LocalMedia>()
  private limited: SendLimit = NO_LIMIT
  private readonly people = new Map<string, RemoteParticipant>()
  private readonly listeners: Listeners = {
    state: new Set(),
    remote: new Set(),
    stats: new Set(),
    message: new Set(),
  }
  private readonly reporter: MediaReporter
  private readonly now: () => number
  private readonly undo: (() => void)[] = []
  /** What the others say may overtake the answer that gives us our seat. */
  private readonly early: IncomingSignal[] = []
  private readonly sums = new MeshSums()
  private essential: ReadonlySet<string> = new Set()
  private stopped = false

  constructor(private readonly options: PeerToPeerOptions) {
    this.now = options.now ?? (() => performance.now())
    this.reporter = new MediaReporter({
      read: () => this.sums.read(this.connections(), this.connections(this.essential)),
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
      now: this.now,
    })
    this.undo.push(
      options.signalling.onSignal((signal) => {
        this.receive(signal)
      }),
    )
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
    this.essential = essentialOf(peers)
    const sameDevices = local.audio === this.local.audio && local.video === this.local.video
    // A prepared connection knows no servers and has gathered direct paths.
    if (!sameDevices || seat.iceServers.length > 0 || seat.relayOnly) this.dropSpare()
    this.local = local
    this.applySending()
    this.undo.push(
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
    for (const signal of this.early.splice(0)) this.receive(signal)
    for (const peer of peers)
      if (peer.attempt > (this.links.get(peer.id)?.peer?.attempt ?? 0)) this.open(peer).link.offer()
    this.reporter.start()
  }

  setPeers(peers: readonly Peer[]): void {
    if (this.stopped || this.seat === null) return
    for (const peer of peers) {
      const known = this.links.get(peer.id)?.peer?.attempt ?? 0
      if (peer.attempt > known) this.expect(this.open(peer))
    }
    this.essential = essentialOf(peers)
    const listed = new Set(peers.map((peer) => peer.id))
    for (const id of new Set([...this.links.keys(), ...this.people.keys()]))
      if (!listed.has(id)) this.part(id)
  }

  setMicrophone(on: boolean): void {
    if (this.sending.audio === on) return
    this.sending = { ...this.sending, audio: on }
    this.applySending()
  }

  setCamera(on: boolean): void {
    if (this.sending.video === on) return
    this.sending = { ...this.sending, video: on }
    this.applySending()
  }

  setPaused(paused: Paused | null): void {
    this.paused = paused
    this.saySentToAll()
  }

  replace(local: LocalMedia): void {
    this.local = local
    this.applySending()
    if (this.seat === null) this.dropSpare()
    for (const { link } of this.links.values()) void link.senders.replaceFace(local)
  }

  publish(name: Beside, media: LocalMedia | null): void {
    if (media === null) this.beside.delete(name)
    else this.beside.set(name, media)
    for (const connected of this.links.values()) void this.publishTo(connected, [name])
  }

  limit(limit: SendLimit): void {
    this.limited = limit
    for (const { link } of this.links.values()) void link.senders.limit(limit)
    this.saySentToAll()
  }

  say(message: Message): void {
    if (this.stopped || !isSayable(message)) return
    for (const { channels } of this.links.values()) channels.say(message)
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
    // A spare was prepared before it was known what a person, or the line, allows.
    if (this.spare !== null) void this.spare.link.senders.limit(this.limited)
    const connected = this.spare ?? this.build(this.configuration())
    this.spare = null
    connected.peer = peer
    // Any rule will do on which two pages agree without asking.
    connected.link.setPolite((this.seat?.participant ?? '') < peer.id)
    this.links.set(peer.id, connected)
    return connected
  }

  private configuration(): RTCConfiguration {
    return {
      iceServers: [...(this.seat?.iceServers ?? [])],
      iceTransportPolicy: this.seat?.relayOnly === true ? 'relay' : 'all',
    }
  }

  private build(configuration: RTCConfiguration): Connected {
    const connect = this.options.connect ?? ((given: RTCConfiguration) => new RTCPeerConnection(given))
    const connection = connect({ bundlePolicy: 'max-bundle', ...configuration })
    const link = new PeerLink({
      connection,
      emit: (batch) => {
        this.send(connected, batch)
      },
      onTrack: (track, line) => {
        if (connected.peer === null) return
        const person = this.person(connected.peer.id)
        if (link.senders.isFace(line)) person.addFace(track)
        else if (line.mid !== null) person.addLine(line.mid, track)
      },
      onIce: () => {
        this.reporter.nudge()
      },
      onAgreed: () => {
        void this.publishTo(connected, [...this.beside.keys()])
      },
    })
    const connected: Connected = { link, channels: this.openChannels(connection), peer: null, silence: null }
    link.senders.addFace(this.local, this.limited)
    return connected
  }

  private openChannels(connection: RTCPeerConnection): Channels {
    const of = (): Connected | undefined =>
      [...this.links.values()].find(({ link }) => link.connection === connection)
    return new Channels(connection, {
      onOpen: () => {
        const connected = of()
        if (connected !== undefined) this.saySent(connected)
      },
      onSent: (sent) => {
        const peer = of()?.peer
        if (peer) this.person(peer.id).setSent(sent)
      },
      onMessage: (message) => {
        const peer = of()?.peer
        if (peer) this.tell('message', { from: peer.id, ...message })
      },
      now: this.now,
    })
  }

  /** Before both sides have agreed there is no line to put it on; `onAgreed` comes back to it. */
  private async publishTo(connected: Connected, names: readonly Beside[]): Promise<void> {
    if (!connected.link.agreed) return
    for (const name of names) await connected.link.senders.publish(name, this.beside.get(name) ?? null)
    this.saySent(connected)
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
    this.sums.keep()
    this.person(id).forgetLines()
    close(old)
  }

  /** Somebody has left: nothing of that person stays on the screen. */
  private part(id: string): void {
    if (this.links.has(id)) this.forget(id)
    if (this.people.delete(id)) this.remoteChanged()
  }

  private connections(of?: ReadonlySet<string>): RTCPeerConnection[] {
    const links = [...this.links].filter(([id]) => of?.has(id) ?? true)
    return links.map(([, { link }]) => link.connection)
  }

  private receive(signal: IncomingSignal): void {
    const seat = this.seat
    if (seat === null && this.early.length < EARLY_SIGNALS) this.early.push(signal)
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

  private person(participant: string): RemoteParticipant {
    let person = this.people.get(participant)
    if (person === undefined) {
      person = new RemoteParticipant(participant, () => {
        this.remoteChanged()
      })
      this.people.set(participant, person)
    }
    return person
  }

  private remoteChanged(): void {
    if (this.stopped) return
    this.remote = [...this.people.values()].flatMap((person) => person.view())
    this.tell('remote', this.remote)
  }

  private applySending(): void {
    if (this.local.audio !== null) this.local.audio.enabled = this.sending.audio
    if (this.local.video !== null) this.local.video.enabled = this.sending.video
    this.saySentToAll()
  }

  private saySentToAll(): void {
    for (const connected of this.links.values()) this.saySent(connected)
  }

  private saySent(connected: Connected): void {
    const face = { ...this.sending, weak: !this.limited.video, paused: this.paused }
    connected.channels.saySent(sentNames(face, this.beside, (name) => connected.link.senders.linesOf(name)))
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
