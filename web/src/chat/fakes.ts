/** A server of one chat for tests: it keeps messages by their senders' numbers, and a line that a test cuts where it likes. */
import { ApiError } from '@/api/http'
import type { ChatApi, ChatState, Message, Side } from './types'

export const SESSION = '3f1f6a0e-7a52-4b0a-8a55-0d3f9c7b2e47'
type Cut = 'no' | 'before' | 'after'

export class FakeServer {
  readonly messages: Message[] = []
  readonly calls: string[] = []
  readonly uploads: string[] = []
  readonly marks: ChatState = {
    session_id: SESSION,
    last: 0,
    applicant: { delivered: 0, read: 0 },
    clerk: { delivered: 0, read: 0 },
  }
  /** Whether the line is away, before the server does something or after it did. */
  cut: Cut = 'no'
  refusal: ApiError | null = null
  /** Uploads wait for this. */
  gate: Promise<void> = Promise.resolve()

  constructor(private readonly side: Side) {}

  get state(): ChatState {
    return structuredClone({ ...this.marks, last: this.messages.length })
  }

  /** The other side says something. */
  hear(text: string): ChatState {
    this.put(
      this.side === 'clerk' ? 'applicant' : 'clerk',
      `other-${String(this.messages.length)}`,
      text,
      null,
    )
    return this.state
  }

  readonly api: ChatApi = {
    read: (_, { after, before }) =>
      this.over('read', () => {
        const found = this.messages.filter(
          (one) => one.seq > (after ?? 0) && one.seq < (before ?? Number.MAX_SAFE_INTEGER),
        )
        const messages = structuredClone(after === undefined ? found.slice(-2) : found.slice(0, 2))
        const more = found.length > 2
        return { messages, more, chat: this.state, limits: { text: 2000, file_mb: 20 } }
      }),
    say: (_, body) =>
      this.over('say', () => {
        const there = this.messages.find((one) => one.client_id === body.client_id)
        return there ?? this.put(this.side, body.client_id, body.text, body.file_id)
      }),
    mark: (_, body) =>
      this.over('mark', () => {
        this.marks[this.side] = body
        return this.state
      }),
    upload: async ({ key, signal, onProgress }) => {
      onProgress(0.5)
      await this.gate
      if (signal.aborted) throw new DOMException('cancelled', 'AbortError')
      return this.over('upload', () => {
        this.uploads.push(key)
        return { id: `file-${key}` }
      })
    },
  }

  private put(side: Side, client_id: string, text: string | null, file: string | null): Message {
    const seq = this.messages.length + 1
    const sent = {
      id: file ?? '',
      purpose: 'document',
      media_type: 'image/jpeg',
      size: 9,
      name: 'a',
    } as const
    const made = {
      id: `m${String(seq)}`,
      seq,
      at: '2026-11-24T06:10:00Z',
      side,
      sender: null,
      client_id,
      text,
    }
    this.messages.push({ ...made, file: file === null ? null : sent })
    return this.messages[seq - 1] as Message
  }

  private async over<T>(name: string, act: () => T): Promise<T> {
    this.calls.push(name)
    await Promise.resolve()
    if (this.refusal !== null) throw this.refusal
    if (this.cut === 'before') throw new ApiError('unreachable', 0)
    const answer = act()
    if (this.cut === 'after') throw new ApiError('timeout', 0)
    return answer
  }
}
