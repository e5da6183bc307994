/**
 * The one live line of a tab. It says hello with the cursors it has, hands on what comes, notices a dead line by its
 * heartbeat, and comes back by itself with jittered pauses from 0.2 s to 8 s (at once when the network or the page returns).
 * A WebSocket carries it or, where none comes through (`carrier.ts`), requests that hang; pages cannot tell.
 */
import { uuid, type Face, type Http } from '@/api/http'
import { readStored, writeStored } from '@/ui/stored'
import { Carrier } from './carrier'
import type { FromServer, ToServer } from './messages'

export type Line = 'connecting' | 'open' | 'down' | 'closed'
type Kind = FromServer['type']
type Of<K extends Kind> = Extract<FromServer, { type: K }>
type Handlers = { [K in Kind]: Set<(message: Of<K>) => void> }

/** The part of `WebSocket` that is used, so that tests can play the server. */
export interface SocketLike {
  onopen: (() => void) | null
  onmessage: ((message: { data: unknown }) => void) | null
  onclose: ((event: { code?: number }) => void) | null
  send(text: string): void
  close(): void
}

export interface LiveOptions {
  face: Face
  /** Asked at every connection: the last sequence number seen of each stream. */
  cursors: () => Record<string, number>
  /** The face's way to the server, for a line without WebSockets. */
  http?: Http
  open?: (address: string) => SocketLike
}

export interface Live {
  readonly line: Line
  on<K extends Kind>(kind: K, handler: (message: Of<K>) => void): () => void
  onLine(handler: (line: Line) => void): () => void
  /** Sends when the line is open; says false and drops the message when it is not. */
  send(message: ToServer): boolean
  /** Hints wanted; kept and said again after every reconnection. */
  watch(keys: readonly string[]): void
  start(): void
  stop(): void
}

const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 8_000
/** A line that is not greeted by then is dropped, in milliseconds. */
export const GREETING_MS = 10_000
/** Heartbeats that may fail to be answered before the line counts as dead. */
const MISSED_BEATS = 2

/** The pause before try number `tries` (0 first): doubling, and between half and the whole of it at random. */
export function reconnectPause(tries: number, random: () => number = Math.random): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries) * (0.5 + random() / 2)
}

/** This tab's name, kept over reloads: a tab that comes back is the same one. */
export function tabName(): string {
  const known = readStored('tab', 'tab')
  if (known !== null) return known
  const name = uuid()
  writeStored('tab', name, 'tab')
  return name
}

function addressOf(face: Face): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/ws?face=${face}`
}

class LiveLine implements Live {
  line: Line = 'closed'
  private socket: SocketLike | null = null
  private tries = 0
  private beatMs = 20_000
  private heardAt = 0
  private retry: ReturnType<typeof setTimeout> | undefined
  private beat: ReturnType<typeof setInterval> | undefined
  private greeting: ReturnType<typeof setTimeout> | undefined
  private readonly carrier: Carrier
  /** Grows with each connection: what was asked for by an earlier one comes too late. */
  private turn = 0
  private watched: readonly string[] = []
  private readonly lineHandlers = new Set<(line: Line) => void>()
  private readonly handlers: Handlers = {
    welcome: new Set(),
    event: new Set(),
    reset: new Set(),
    hint: new Set(),
    signed_out: new Set(),
    pong: new Set(),
    signal: new Set(),
  }

  constructor(private readonly options: LiveOptions) {
    const open = (): SocketLike => (options.open ?? openWebSocket)(addressOf(options.face))
    this.carrier = new Carrier(open, options.http, () => {
      this.drop()
      this.connect()
    })
  }

  on<K extends Kind>(kind: K, handler: (message: Of<K>) => void): () => void {
    this.handlers[kind].add(handler)
    return () => this.handlers[kind].delete(handler)
  }

  onLine(handler: (line: Line) => void): () => void {
    this.lineHandlers.add(handler)
    return () => this.lineHandlers.delete(handler)
  }

  send(message: ToServer): boolean {
    if (this.line !== 'open' || this.socket === null) return false
    this.socket.send(JSON.stringify(message))
    return true
  }

  watch(keys: readonly string[]): void {
    if (keys.join() === this.watched.join()) return
    this.watched = keys
    this.send({ type: 'watch', keys })
  }

  start(): void {
    if (this.line !== 'closed') return
    window.addEventListener('online', this.hurry)
    document.addEventListener('visibilitychange', this.hurry)
    this.connect()
  }

  stop(): void {
    window.removeEventListener('online', this.hurry)
    document.removeEventListener('visibilitychange', this.hurry)
    clearTimeout(this.retry)
    this.carrier.rest()
    this.drop()
    this.become('closed')
  }

  /** The network or the page is back: do not wait for the pause to end. */
  private readonly hurry = (): void => {
    if (this.line !== 'down' || document.visibilityState === 'hidden') return
    clearTimeout(this.retry)
    this.connect()
  }

  private connect(): void {
    this.become('connecting')
    this.turn += 1
    const { turn } = this
    this.startBeat()
    this.greeting = setTimeout(() => this.lost(true), GREETING_MS)
    const inTime = (act: () => void): void => {
      if (turn === this.turn) act()
    }
    try {
      const carried = this.carrier.open()
      if (!('then' in carried)) this.attach(carried)
      else
        void carried.then(
          (open) => inTime(() => this.attach(open())),
          () => inTime(() => this.lost()),
        )
    } catch {
      this.lost() // a browser may refuse to make a WebSocket at all
    }
  }

  private attach(socket: SocketLike): void {
    this.socket = socket
    socket.onopen = () => {
      // hello must be the first message, before any that the handlers of the line may send
      socket.send(JSON.stringify({ type: 'hello', tab: tabName(), after: this.options.cursors() }))
    }
    socket.onmessage = (message) => this.hear(String(message.data))
    socket.onclose = () => this.lost()
  }

  private hear(text: string): void {
    this.heardAt = Date.now()
    const message = JSON.parse(text) as FromServer
    if (message.type === 'welcome') this.welcomed(message.heartbeat_seconds)
    for (const handler of [...(this.handlers[message.type] ?? [])]) {
      ;(handler as (message: FromServer) => void)(message)
    }
    if (message.type === 'signed_out') this.stop()
  }

  private welcomed(heartbeatSeconds: number): void {
    this.tries = 0
    clearTimeout(this.greeting)
    this.carrier.welcomed()
    if (heartbeatSeconds > 0) this.beatMs = heartbeatSeconds * 1000
    this.become('open')
    this.startBeat()
    if (this.watched.length > 0) this.send({ type: 'watch', keys: this.watched })
  }

  private startBeat(): void {
    clearInterval(this.beat)
    this.heardAt = Date.now()
    this.beat = setInterval(() => {
      if (Date.now() - this.heardAt > this.beatMs * MISSED_BEATS) this.lost()
      else this.send({ type: 'ping' })
    }, this.beatMs)
  }

  private lost(silent = false): void {
    this.carrier.lost(this.line === 'open', silent)
    this.drop()
    if (this.line === 'closed') return
    this.become('down')
    this.retry = setTimeout(() => this.connect(), reconnectPause(this.tries))
    this.tries += 1
  }

  private drop(): void {
    this.turn += 1
    clearInterval(this.beat)
    clearTimeout(this.greeting)
    const socket = this.socket
    this.socket = null
    if (socket === null) return
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close()
  }

  private become(line: Line): void {
    if (line === this.line) return
    this.line = line
    for (const handler of [...this.lineHandlers]) handler(line)
  }
}

const openWebSocket = (address: string): SocketLike => new WebSocket(address) as unknown as SocketLike

export function createLive(options: LiveOptions): Live {
  return new LiveLine(options)
}
