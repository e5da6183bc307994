/**
 * The data channels of one link: who sends what, and words between pages. All are agreed beforehand by number, so that
 * they need no announcement. The other page is not trusted: what is no sentence of ours is not heard.
 */
import {
  MESSAGE_LIMIT,
  MESSAGES_PER_SECOND,
  type HeardMessage,
  type LocalMedia,
  type Message,
  type Paused,
  type TrackName,
} from './transport'

const STATE = 0
const WORDS = 1
const LOSSY_WORDS = 2
const STATE_LIMIT = 1000
/** With so much still unsent a pointer's next place is worth more than its last. Bytes. */
const LOSSY_BACKLOG = 16_000
const TOPIC = /^[a-z.]{1,20}$/
const NAMES: readonly TrackName[] = ['face', 'document', 'screen']
const PAUSES: readonly (Paused | undefined)[] = [undefined, 'away', 'system']

/** What one page sends under one name. `mids` are the lines of the description; a face needs none, it comes first. */
export interface SentName {
  readonly name: TrackName
  readonly audio: boolean
  readonly video: boolean
  readonly weak: boolean
  readonly paused?: Paused
  readonly mids: readonly string[]
}

/** All that one page sends, from its face and from what it shows beside it. */
export function sentNames(
  face: { audio: boolean; video: boolean; weak: boolean; paused: Paused | null },
  beside: ReadonlyMap<Exclude<TrackName, 'face'>, LocalMedia>,
  linesOf: (name: Exclude<TrackName, 'face'>) => readonly string[],
): SentName[] {
  const { audio, video, weak, paused } = face
  const shown = [...beside].map(([name, media]) => ({
    name,
    audio: media.audio !== null,
    video: media.video !== null,
    weak: false,
    mids: linesOf(name),
  }))
  return [
    { name: 'face', audio, video: video && !weak, weak, ...(paused !== null && { paused }), mids: [] },
    ...shown,
  ]
}

export interface ChannelEvents {
  /** The state channel is open: say what is sent. */
  onOpen(): void
  onSent(sent: readonly SentName[]): void
  onMessage(message: Omit<HeardMessage, 'from'>): void
  now(): number
}

export class Channels {
  private readonly state: RTCDataChannel
  private readonly words: RTCDataChannel
  private readonly lossy: RTCDataChannel
  private heard = 0
  private second = Number.NEGATIVE_INFINITY

  constructor(
    connection: RTCPeerConnection,
    private readonly events: ChannelEvents,
  ) {
    this.state = connection.createDataChannel('state', { negotiated: true, id: STATE })
    this.words = connection.createDataChannel('words', { negotiated: true, id: WORDS })
    const loose = { negotiated: true, id: LOSSY_WORDS, ordered: false, maxRetransmits: 0 }
    this.lossy = connection.createDataChannel('lossy', loose)
    this.state.addEventListener('open', () => {
      events.onOpen()
    })
    this.state.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const sent = parseSent(data)
      if (sent !== null) events.onSent(sent)
    })
    for (const channel of [this.words, this.lossy])
      channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        this.hear(data)
      })
  }

  saySent(sent: readonly SentName[]): void {
    if (this.state.readyState === 'open') this.state.send(JSON.stringify(sent))
  }

  say(message: Message): void {
    const channel = message.lossy === true ? this.lossy : this.words
    if (channel.readyState !== 'open') return
    if (channel === this.lossy && channel.bufferedAmount > LOSSY_BACKLOG) return
    channel.send(JSON.stringify([message.topic, message.body]))
  }

  private hear(data: unknown): void {
    const now = this.events.now()
    if (now - this.second >= 1000) {
      this.second = now
      this.heard = 0
    }
    this.heard += 1
    if (this.heard > MESSAGES_PER_SECOND) return
    const message = parseMessage(data)
    if (message !== null) this.events.onMessage(message)
  }
}

export function isSayable(message: Message): boolean {
  return TOPIC.test(message.topic) && message.body.length <= MESSAGE_LIMIT
}

function parseMessage(data: unknown): { topic: string; body: string } | null {
  const said = parse(data, 2 * MESSAGE_LIMIT)
  if (!Array.isArray(said) || said.length !== 2) return null
  const [topic, body] = said as unknown[]
  if (typeof topic !== 'string' || typeof body !== 'string') return null
  return isSayable({ topic, body }) ? { topic, body } : null
}

function parseSent(data: unknown): SentName[] | null {
  const said = parse(data, STATE_LIMIT)
  if (!Array.isArray(said) || said.length > NAMES.length || !said.every(isSentName)) return null
  return said
}

function isSentName(one: unknown): one is SentName {
  if (typeof one !== 'object' || one === null) return false
  const { name, audio, video, weak, paused, mids } = one as Record<string, unknown>
  return (
    NAMES.includes(name as TrackName) &&
    [audio, video, weak].every((flag) => typeof flag === 'boolean') &&
    PAUSES.includes(paused as Paused | undefined) &&
    Array.isArray(mids) &&
    mids.every((mid) => typeof mid === 'string')
  )
}

function parse(data: unknown, limit: number): unknown {
  if (typeof data !== 'string' || data.length > limit) return null
  try {
    return JSON.parse(data)
  } catch {
    return null
  }
}
