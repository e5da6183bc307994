/**
 * The live line where WebSockets are blocked: requests that hang, and messages sent beside them. It looks like a
 * WebSocket to `socket.ts`. What it has heard is kept here and goes along with each question, so any server process may
 * answer, and a lost answer is given again. Loaded only where it is needed.
 */
import { ApiError, uuid, type Http } from '@/api/http'
import type { components } from '@/api/schema'
import type { FromServer, ToServer } from './messages'
import type { SocketLike } from './socket'

type Answer = components['schemas']['PollAnswer']

/** The server answers after 25 s at the latest. In milliseconds. */
const PATIENCE_MS = 35_000
/** Messages that the server takes in one request. */
const MOST_MESSAGES = 32

class Polling implements SocketLike {
  onopen: SocketLike['onopen'] = null
  onmessage: SocketLike['onmessage'] = null
  onclose: SocketLike['onclose'] = null
  private tab = ''
  private after: Record<string, number> = {}
  private watching: readonly string[] = []
  private mark: Answer['mark'] = null
  private hanging = new AbortController()
  private outbox: ToServer[] = []
  private sending = false
  private closed = false

  constructor(private readonly http: Http) {
    // whoever opens it attaches its handlers first
    queueMicrotask(() => this.onopen?.())
  }

  send(text: string): void {
    const message = JSON.parse(text) as ToServer
    if (message.type === 'hello') {
      this.tab = message.tab
      this.after = { ...message.after }
      void this.ask()
    } else if (message.type === 'watch') {
      this.watching = message.keys
      this.hanging.abort() // and ask again, for these
    } else if (message.type !== 'ping') {
      // only the newest report says anything
      if (message.type === 'media') this.outbox = this.outbox.filter(({ type }) => type !== 'media')
      this.outbox.push(message)
      void this.flush()
    }
  }

  close(): void {
    this.closed = true
    this.hanging.abort()
  }

  private async ask(): Promise<void> {
    while (!this.closed) {
      const { signal } = (this.hanging = new AbortController())
      const { tab, after, watching: watch, mark } = this
      let answer: Answer
      try {
        // the key lets a lost question be repeated: it changes nothing, and its answer is the same
        const how = { key: uuid(), background: true, patience: PATIENCE_MS, signal }
        answer = await this.http.post<Answer>('/api/live/poll', { ...how, body: { tab, after, watch, mark } })
      } catch (error) {
        if (!signal.aborted) this.fail(error)
        continue
      }
      this.hear(answer)
    }
  }

  private hear(answer: Answer): void {
    this.mark = answer.mark
    for (const message of answer.messages as unknown as FromServer[]) {
      if (message.type === 'event' || message.type === 'reset') this.after[message.stream] = message.seq
      this.say(message)
    }
    this.say({ type: 'pong' })
    if (answer.mark === null) this.end()
  }

  /** One request at a time, so that nothing overtakes; what comes meanwhile travels together. */
  private async flush(): Promise<void> {
    if (this.sending) return
    this.sending = true
    try {
      while (this.outbox.length > 0 && !this.closed) {
        const messages = this.outbox.splice(0, MOST_MESSAGES)
        await this.http.post('/api/live/messages', { key: uuid(), background: true, body: { messages } })
      }
    } catch (error) {
      this.fail(error)
    } finally {
      this.sending = false
    }
  }

  private fail(error: unknown): void {
    if (error instanceof ApiError && error.status === 401) this.say({ type: 'signed_out' })
    this.end()
  }

  private say(message: FromServer): void {
    if (!this.closed) this.onmessage?.({ data: JSON.stringify(message) })
  }

  private end(): void {
    if (this.closed) return
    this.close()
    this.onclose?.({})
  }
}

export const openPolling = (http: Http): SocketLike => new Polling(http)
