/**
 * Ties together, for either face, the `call` of the state document, joining over HTTP, the devices and a transport.
 * What a page draws is in `view`; the rules of who joins when are in `sync`.
 */
import { shallowReactive } from 'vue'
import { uuid } from '@/api/http'
import {
  codeOf,
  faultOf,
  isLost,
  newer,
  others,
  phaseOf,
  sent,
  type CallState,
  type JoinAnswer,
  type Phase,
  type Side,
} from './call-state'
import type { DeviceChoice, DeviceState } from './devices'
import { Ladder, limitOf, type Rung } from './ladder'
import { nothingOpen, OwnMedia, type OwnMediaView } from './own-media'
import { disown, own, owned } from './owner'
import { PeerToPeerTransport } from './peer-to-peer'
import type { Signalling } from './signalling'
import { qualityOf, type Quality } from './stats'
import type {
  CallTransport,
  HeardMessage,
  MediaStats,
  Message,
  RemoteMedia,
  Seat,
  TransportState,
} from './transport'

export interface CallApi {
  /** `key` is the idempotency key: the same for every try of one join. Rejects with an object that may carry `code`. */
  join(call: string, key: string): Promise<JoinAnswer>
  end(call: string, key: string): Promise<unknown>
}

export interface CallView extends OwnMediaView {
  phase: Phase
  call: CallState | null
  /** Our own place in the call; null before we are in it. */
  me: string | null
  remote: readonly RemoteMedia[]
  graceUntil: string | null
  /** Whose line is broken while interrupted; null when not known or not broken. */
  fault: 'ours' | 'theirs' | null
  quality: Quality | null
  /** How far down the weak-network ladder our own picture is, and whether a person has chosen that. */
  rung: Rung
  rungChosen: boolean
  stats: MediaStats | null
  joinProblem: string | null
  /** Instant (this computer's clock, ms) of the first media of this page load; null before. */
  connectedAt: number | null
}

export interface CallOptions {
  readonly side: Side
  readonly api: CallApi
  readonly signalling: Signalling
  readonly transport?: () => CallTransport
  readonly newKey?: () => string
}

/** Pause between tries of a join that failed for want of a line, in milliseconds. */
const JOIN_AGAIN_MS = 1000

export class CallController {
  readonly view: CallView = shallowReactive<CallView>({
    phase: 'idle',
    call: null,
    me: null,
    remote: [],
    ...nothingOpen(),
    graceUntil: null,
    fault: null,
    quality: null,
    rung: 'full',
    rungChosen: false,
    stats: null,
    joinProblem: null,
    connectedAt: null,
  })
  private transport: CallTransport | null = null
  private seat: Seat | null = null
  private media: TransportState = 'connecting'
  /** Our devices: choosing others while talking, the speaker. */
  readonly own: OwnMedia
  private readonly ladder = new Ladder()
  private readonly hearers = new Set<(message: HeardMessage) => void>()
  private joining: string | null = null
  private firstSync = true
  private readonly keys = new Map<string, string>()
  private disposed = false

  constructor(private readonly options: CallOptions) {
    this.own = new OwnMedia(this.view, {
      onFace: (local) => this.transport?.replace(local),
      onScreen: (screen) => this.transport?.publish('screen', screen),
      onPaused: (paused) => this.transport?.setPaused(paused),
    })
  }

  openDevices(choice?: DeviceChoice): Promise<void> {
    return this.own.open(choice)
  }

  /** Opens other devices, or asks again for what is missing. */
  reopenDevices(choice?: DeviceChoice): Promise<void> {
    return this.own.reopen(choice)
  }

  turnCamera(): Promise<void> {
    return this.own.turnCamera()
  }

  shareScreen(): Promise<DeviceState | null> {
    return this.own.shareScreen()
  }

  coverScreen(covered: boolean): void {
    this.own.coverScreen(covered)
  }

  stopScreen(): void {
    this.own.stopScreen()
  }

  say(message: Message): void {
    this.transport?.say(message)
  }

  /** Messages of the others, whatever transport carries them; returns how to stop. */
  onMessage(handler: (message: HeardMessage) => void): () => void {
    this.hearers.add(handler)
    return () => this.hearers.delete(handler)
  }

  /** The person's own rung, or null for what the line allows. */
  chooseRung(rung: Rung | null): void {
    this.view.rungChosen = rung !== null
    this.ladder.choose(rung)
    this.applyRung()
  }

  /** Lets go of the devices when no call needs them. */
  releaseDevices(): void {
    if (this.seat !== null) return
    this.dropTransport()
    this.own.release()
  }

  /** While it rings, with devices open: whatever can be done before the seat is known. Safe to call again. */
  prepare(): void {
    if (this.seat !== null || this.disposed) return
    this.ensureTransport().prepare(this.view.local, this.options.side === 'applicant')
  }

  /** The clerk's accept has already joined. */
  accept(answer: JoinAnswer): void {
    if (this.disposed || this.seat?.call === answer.call.id) return
    own(answer.call.id)
    this.take(answer)
  }

  /** Follow the state document: call on every change of its `call`, null included. */
  sync(call: CallState | null): void {
    if (this.disposed) return
    const first = this.firstSync
    this.firstSync = false
    if (call === null || call.state === 'ended') {
      this.leave(call)
      return
    }
    this.view.call = call
    this.view.graceUntil = call.grace_until
    if (this.seat?.call === call.id) {
      this.follow(call, this.seat)
      return
    }
    if (this.joining === call.id) return
    if (this.seat !== null) this.leave(null)
    if (this.mayJoin(call, first)) void this.join(call.id)
    else this.view.phase = 'elsewhere'
  }

  /** Takes the call into this tab; the other tab sees `elsewhere`. */
  takeOver(): void {
    if (this.view.call !== null && this.view.phase === 'elsewhere') void this.join(this.view.call.id)
  }

  /** Tries again after `joinProblem`. */
  retryJoin(): void {
    if (this.view.call !== null && this.seat === null && this.joining === null)
      void this.join(this.view.call.id)
  }

  setMicrophone(on: boolean): void {
    this.view.microphoneOn = on
    this.applySending()
  }

  setCamera(on: boolean): void {
    this.view.cameraOn = on
    this.applySending()
  }

  /** Ends the call for everyone. Rejects when the server could not be told; the caller may try again. */
  async end(): Promise<void> {
    const call = this.view.call
    if (call === null) return
    await this.options.api.end(call.id, this.endKey(call.id))
    this.leave({ ...call, state: 'ended' })
  }

  /** The page goes away. The call stays; a reload comes back to it. */
  dispose(): void {
    this.disposed = true
    this.dropTransport()
    this.own.close()
  }

  /** One key per call, so that pressing twice or trying again ends once. */
  private endKey(call: string): string {
    const key = this.keys.get(call) ?? this.newKey()
    this.keys.set(call, key)
    return key
  }

  private readonly newKey = (): string => (this.options.newKey ?? uuid)()

  private mayJoin(call: CallState, first: boolean): boolean {
    if (owned() === call.id) return true
    const mine = call.participants.find((one) => one.side === this.options.side)
    if ((mine?.attempt ?? 0) === 0) return true
    // A citizen who closed the page and opened it anew wants back in; a clerk's second tab must not steal the call.
    return this.options.side === 'applicant' && first && call.state === 'interrupted'
  }

  private async join(id: string): Promise<void> {
    this.joining = id
    this.view.phase = 'joining'
    this.view.joinProblem = null
    const key = this.newKey()
    try {
      await this.openDevices()
      this.prepare()
      const answer = await this.askUntilHeard(id, key)
      if (answer !== null && this.joining === id && !this.disposed) {
        own(id)
        this.take(answer)
      }
    } catch (error) {
      this.view.joinProblem = codeOf(error) ?? 'unknown'
    } finally {
      if (this.joining === id) this.joining = null
    }
  }

  /** A join is repeated with its key while the line is down; a refusal with a code is final. Null when no longer wanted. */
  private async askUntilHeard(id: string, key: string): Promise<JoinAnswer | null> {
    while (this.joining === id && !this.disposed) {
      try {
        return await this.options.api.join(id, key)
      } catch (error) {
        if (!isLost(error)) throw error
        await new Promise((resolve) => setTimeout(resolve, JOIN_AGAIN_MS))
      }
    }
    return null
  }

  private take(answer: JoinAnswer): void {
    const call = this.view.call?.id === answer.call.id ? newer(this.view.call, answer.call) : answer.call
    this.joining = null
    this.seat = {
      call: call.id,
      participant: answer.participant_id,
      attempt: answer.attempt,
      iceServers: answer.ice_servers,
      relayOnly: answer.relay_only,
    }
    this.view.call = call
    this.view.me = answer.participant_id
    this.view.graceUntil = call.grace_until
    this.view.connectedAt = null
    this.media = 'connecting'
    const transport = this.ensureTransport()
    this.applySending()
    transport.limit(limitOf(this.view.rung))
    // Who was there when we joined hears our offer; who has come since, as the document may say already, makes one.
    transport.start(this.seat, others(answer.call, answer.participant_id), this.view.local)
    if (call !== answer.call) transport.setPeers(others(call, answer.participant_id))
    const screen = this.view.screenStream?.getVideoTracks()[0]
    if (screen !== undefined) transport.publish('screen', { audio: null, video: screen })
    this.refresh()
  }

  private follow(call: CallState, seat: Seat): void {
    const mine = call.participants.find((one) => one.id === seat.participant)
    if (mine !== undefined && mine.attempt > seat.attempt) {
      this.yieldToOtherTab()
      return
    }
    this.transport?.setPeers(others(call, seat.participant))
    this.applySending()
    this.refresh()
  }

  private yieldToOtherTab(): void {
    this.seat = null
    this.dropTransport()
    disown()
    this.view.phase = 'elsewhere'
  }

  private leave(ended: CallState | null): void {
    if (ended !== null) this.own.stopScreen()
    const was = this.seat !== null || this.joining !== null || this.view.phase === 'elsewhere'
    this.seat = null
    this.view.me = null
    this.joining = null
    // What was prepared while it rings is for the call that comes: documents without a call leave it alone.
    if (was || ended !== null) this.dropTransport()
    disown()
    this.view.call = ended
    this.applySending()
    this.view.graceUntil = null
    this.view.fault = null
    if (was || ended !== null) this.view.phase = 'ended'
    else if (this.view.phase !== 'ended') this.view.phase = 'idle'
  }

  private ensureTransport(): CallTransport {
    if (this.transport !== null) return this.transport
    const make =
      this.options.transport ?? (() => new PeerToPeerTransport({ signalling: this.options.signalling }))
    const transport = make()
    transport.on('state', (state) => {
      this.media = state
      this.refresh()
    })
    transport.on('remote', (remote) => {
      this.view.remote = remote
    })
    transport.on('stats', (stats) => {
      this.view.stats = stats
      this.view.quality = qualityOf(stats)
      this.ladder.read(stats, performance.now())
      this.applyRung()
      this.refresh()
    })
    transport.on('message', (message) => {
      this.hearers.forEach((hear) => {
        hear(message)
      })
    })
    this.transport = transport
    return transport
  }

  private dropTransport(): void {
    this.transport?.stop()
    this.transport = null
    this.view.remote = []
    this.view.stats = null
    this.view.quality = null
  }

  private applyRung(): void {
    if (this.ladder.rung === this.view.rung) return
    this.view.rung = this.ladder.rung
    this.transport?.limit(limitOf(this.ladder.rung))
  }

  private applySending(): void {
    const { microphone, camera } = sent(this.view, this.options.side)
    this.own.apply({ microphone, camera })
    this.transport?.setMicrophone(microphone)
    this.transport?.setCamera(camera)
    this.transport?.setPaused(this.view.paused)
  }

  private refresh(): void {
    const call = this.view.call
    if (this.seat === null || call === null) return
    this.view.phase = phaseOf(call, this.media)
    if (this.view.phase === 'connected') this.view.connectedAt ??= Date.now()
    this.view.fault = this.view.phase === 'interrupted' ? faultOf(call, this.media, this.view.stats) : null
  }
}

export function createCall(options: CallOptions): CallController {
  return new CallController(options)
}
