/**
 * The chat of one session as a page keeps it: messages in their order, what is on its way, what was not looked at yet.
 *
 * Nothing is doubled and nothing lost: a message keeps its number over every retry, and stays on its way until it is read back
 * from the server, whatever became of the answer.
 */
import { markRaw, reactive, ref } from 'vue'
import { ApiError, uuid } from '@/api/http'
import { explain } from '@/api/problems'
import { forget, readKept, writeKept } from './kept'
import { refusalOf } from './limits'
import type { ChatApi, ChatState, Delivery, Limits, Message, MessagePage, Outgoing, Side } from './types'

export interface BoxView {
  session: string | null
  /** The first messages have come. */
  ready: boolean
  messages: Message[]
  /** There are older ones than the first. */
  more: boolean
  outgoing: Outgoing[]
  draft: string
  limits: Limits | null
  /** Up to which number each side has got and read; marks of this page count at once. */
  marks: Record<Side, { delivered: number; read: number }>
  /** Why the messages cannot be read, as a sentence; empty while they can, or while the line is only slow. */
  problem: string
}

const LATER_MS = [1_000, 2_000, 4_000, 8_000, 15_000]
const NOTHING = (): { delivered: number; read: number } => ({ delivered: 0, read: 0 })

function blank(): BoxView {
  return {
    session: null,
    ready: false,
    messages: [],
    more: false,
    outgoing: [],
    draft: '',
    limits: null,
    marks: { applicant: NOTHING(), clerk: NOTHING() },
    problem: '',
  }
}

/** No answer came, so it goes again by itself. A full disk answers 503 too, and a person must hear of that. */
const isLost = (error: unknown): boolean =>
  error instanceof ApiError && error.lost && error.code !== 'storage_unavailable'

export class ChatBox {
  readonly view: BoxView = reactive(blank())
  /** The name under which this page writes for a side that is another's: of staff who were asked in. */
  readonly writesAs = ref<string | null>(null)
  private last = 0
  private looking = false
  private reading = false
  private marking = false
  /** Somebody is about to write. */
  private writing = false
  private readonly lanes = { text: false, file: false }
  private readonly stops = new Map<string, AbortController>()
  private timer: ReturnType<typeof setTimeout> | undefined
  private failures = 0

  constructor(
    readonly side: Side,
    private readonly api: ChatApi,
  ) {}

  /** Follows the state document; null when there is no session any more. */
  sync(chat: ChatState | null): void {
    if (chat?.session_id !== this.view.session) this.begin(chat?.session_id ?? null)
    if (chat === null) return
    // Where nothing was said, nothing is fetched: it would stand before the call.
    if (chat.last === 0) this.view.ready = true
    this.take(chat)
    this.resume()
  }

  /** The person sees the messages, or no longer does. */
  look(on: boolean): void {
    this.looking = on
    void this.report()
  }

  /** Tries everything again that waits for the line. */
  resume(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    void this.catchUp()
    void this.pump('text')
    void this.pump('file')
    void this.report()
  }

  say(text: string): void {
    if (text.trim() === '') return
    this.enqueue({ text: text.trim(), file: null })
  }

  /** Fetches what one message may hold; a page calls it where somebody is about to write. */
  prepare(): void {
    this.writing = true
    if (this.view.limits === null) void this.catchUp()
  }

  send(files: Iterable<File>): void {
    for (const file of files) this.enqueue({ text: null, file })
  }

  /** Sends a refused one again, under its old number. */
  retry(id: string): void {
    const found = this.view.outgoing.find((one) => one.id === id)
    if (found === undefined) return
    found.state = 'waiting'
    found.why = ''
    void this.pump(found.file === null ? 'text' : 'file')
  }

  /** Gives up one that is not there yet; a text goes back into the field. */
  drop(id: string): void {
    const found = this.view.outgoing.find((one) => one.id === id)
    if (found === undefined) return
    this.stops.get(id)?.abort()
    this.remove(found)
    if (found.text !== null) this.type([this.view.draft, found.text].filter(Boolean).join('\n'))
  }

  /** What stands in the field. */
  type(draft: string): void {
    this.view.draft = draft
    this.keep()
    this.prepare()
  }

  /** Fetches the messages before the first one shown. */
  async older(): Promise<void> {
    const { session, messages } = this.view
    const first = messages[0]?.seq
    if (session === null || first === undefined) return
    try {
      const page = await this.api.read(session, { before: first })
      if (session !== this.view.session || this.view.messages[0]?.seq !== first) return
      this.view.messages.unshift(...page.messages)
      this.view.more = page.more
      this.view.problem = ''
    } catch (error) {
      this.view.problem = explain(error)
    }
  }

  /** How far an own message has come. */
  deliveryOf(message: Message): Delivery {
    const other = this.view.marks[this.side === 'clerk' ? 'applicant' : 'clerk']
    if (other.read >= message.seq) return 'read'
    return other.delivered >= message.seq ? 'delivered' : 'sent'
  }

  /** Messages of the other side that were not looked at yet. */
  unread(): Message[] {
    const { read } = this.view.marks[this.side]
    return this.view.messages.filter((one) => one.side !== this.side && one.seq > read)
  }

  private begin(session: string | null): void {
    const old = this.view.session
    for (const stop of this.stops.values()) stop.abort()
    for (const one of this.view.outgoing) this.remove(one)
    if (old !== null) forget(old)
    clearTimeout(this.timer)
    this.failures = this.last = 0
    this.reading = this.writing = false
    Object.assign(this.view, blank(), { session })
    if (session === null) return
    const kept = readKept(session)
    this.view.draft = kept.draft
    for (const { id, text } of kept.texts) this.enqueue({ text, file: null }, id)
  }

  private enqueue(what: { text: string | null; file: File | null }, id = uuid()): void {
    const picture = what.file?.type.startsWith('image/') ? URL.createObjectURL(what.file) : null
    const file = what.file === null ? null : markRaw(what.file)
    this.view.outgoing.push({
      ...{ id, text: what.text, file, picture },
      ...{ state: 'waiting', progress: 0, why: '', again: true, fileId: null },
    })
    this.keep()
    void this.pump(file === null ? 'text' : 'file')
  }

  /** Sends one after the other, so that texts keep their order; a large file does not hold up the words. */
  private async pump(lane: 'text' | 'file'): Promise<void> {
    if (this.lanes[lane]) return
    this.lanes[lane] = true
    try {
      for (;;) {
        const next = this.view.outgoing.find(
          (one) => (one.file === null) === (lane === 'text') && one.state === 'waiting',
        )
        if (next === undefined || !(await this.deliver(next))) return
      }
    } finally {
      this.lanes[lane] = false
    }
  }

  /** Returns false when the line is away, and all others wait too. */
  private async deliver(one: Outgoing): Promise<boolean> {
    const { session } = this.view
    if (session === null) return false
    one.state = 'sending'
    try {
      if (one.file !== null) one.fileId ??= await this.upload(session, one, one.file)
      const { seq } = await this.api.say(session, {
        ...{ client_id: one.id, text: one.text, file_id: one.fileId },
      })
      one.state = 'sent'
      this.failures = 0
      if (session === this.view.session) await this.catchUp(seq)
      return true
    } catch (error) {
      if (!this.view.outgoing.includes(one)) return true // given up meanwhile
      if (!isLost(error)) {
        this.refuse(one, error)
        return true
      }
      one.state = 'waiting'
      this.later()
      return false
    }
  }

  private async upload(session: string, one: Outgoing, file: File): Promise<string> {
    const stop = new AbortController()
    this.stops.set(one.id, stop)
    const onProgress = (share: number): void => {
      one.progress = share
    }
    try {
      this.writing = true
      if (this.view.limits === null) await this.catchUp()
      const refused = refusalOf(file, this.view.limits)
      if (refused !== null) throw refused
      return (await this.api.upload({ session, key: one.id, file, signal: stop.signal, onProgress })).id
    } finally {
      this.stops.delete(one.id)
    }
  }

  private refuse(one: Outgoing, error: unknown): void {
    one.state = 'refused'
    one.why = explain(error)
    one.again = !(error instanceof ApiError && FINAL.includes(error.status))
  }

  private async catchUp(known = 0): Promise<void> {
    const { session } = this.view
    this.last = Math.max(this.last, known)
    if (session === null || this.reading) return
    this.reading = true
    try {
      while (session === this.view.session && this.isBehind()) {
        const page = await this.api.read(session, this.view.ready ? { after: this.newest() } : {})
        if (session !== this.view.session) return
        this.view.limits = page.limits
        if (this.view.ready && page.messages.length === 0) return // nothing came, whatever was announced
        this.add(page)
      }
      this.view.problem = ''
    } catch (error) {
      if (session !== this.view.session) return
      if (!isLost(error)) this.view.problem = explain(error)
      this.later()
    } finally {
      if (session === this.view.session) this.reading = false
    }
    void this.report()
  }

  private add(page: MessagePage): void {
    if (!this.view.ready) this.view.more = page.more
    this.failures = 0
    this.view.ready = true
    for (const message of page.messages) {
      if (message.seq <= this.newest()) continue
      this.view.messages.push(message)
      const mine = this.view.outgoing.find((one) => one.id === message.client_id)
      if (mine !== undefined) this.remove(mine)
    }
    this.take(page.chat)
  }

  private isBehind(): boolean {
    const { ready, limits } = this.view
    return !ready || this.last > this.newest() || (this.writing && limits === null)
  }

  private newest(): number {
    return this.view.messages[this.view.messages.length - 1]?.seq ?? 0
  }

  /** Numbers only grow, so what comes late does no harm. */
  private take(chat: ChatState): void {
    this.last = Math.max(this.last, chat.last)
    for (const side of ['applicant', 'clerk'] as const) this.grow(side, chat[side])
  }

  private grow(side: Side, to: { delivered: number; read: number }): void {
    const mark = this.view.marks[side]
    mark.delivered = Math.max(mark.delivered, to.delivered)
    mark.read = Math.max(mark.read, to.read)
  }

  /** Tells the other side what has come and what was looked at. */
  private async report(): Promise<void> {
    const { session, ready, marks } = this.view
    const mine = marks[this.side]
    const delivered = this.newest()
    const read = this.looking ? delivered : mine.read
    if (session === null || !ready || this.marking) return
    if (delivered <= mine.delivered && read <= mine.read) return
    this.marking = true
    try {
      await this.api.mark(session, { delivered, read })
      if (session === this.view.session) this.grow(this.side, { delivered, read })
    } catch (error) {
      if (isLost(error)) this.later() // then with whatever was read by that time
      return
    } finally {
      this.marking = false
    }
    void this.report()
  }

  private later(): void {
    const pause = LATER_MS[Math.min(this.failures, LATER_MS.length - 1)]
    this.failures += 1
    this.timer ??= setTimeout(() => {
      this.resume()
    }, pause)
  }

  private remove(one: Outgoing): void {
    if (one.picture !== null) URL.revokeObjectURL(one.picture)
    this.stops.delete(one.id)
    this.view.outgoing = this.view.outgoing.filter(({ id }) => id !== one.id)
    this.keep()
  }

  private keep(): void {
    const { session, draft, outgoing } = this.view
    if (session === null) return
    const texts = outgoing.flatMap(({ id, text }) => (text === null ? [] : [{ id, text }]))
    writeKept(session, { draft, texts })
  }
}

/** The thing itself was refused: sent again as it is, it would be refused again. */
const FINAL = [413, 415, 422]
