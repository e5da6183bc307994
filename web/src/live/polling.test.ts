import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError, type Ask, type Http } from '@/api/http'
import { readStored } from '@/ui/stored'
import { createLive, type Live } from '.'
import { FIRST_LOOK_MS } from './carrier'
import { GREETING_MS, type SocketLike } from './socket'

class Blocked implements SocketLike {
  onopen: SocketLike['onopen'] = null
  onmessage: SocketLike['onmessage'] = null
  onclose: SocketLike['onclose'] = null
  sent: unknown[] = []
  closed = false
  send(text: string): void {
    this.sent.push(JSON.parse(text))
  }
  close(): void {
    this.closed = true
  }
}

interface Poll {
  tab: string
  after: Record<string, number>
  watch: string[]
  mark: unknown
}
interface Asked<T> {
  path: string
  ask: Ask
  body: T
  answer: (value: unknown) => void
  refuse: (error: unknown) => void
}

let sockets: Blocked[] = []
let asked: Asked<unknown>[] = []
let live: Live

const mark = (since: number) => ({ since, signals: [], hints: {} })
const event = (seq: number) => ({ type: 'event', stream: 'account:1', seq, event: 'ticket', data: seq })
const welcome = { type: 'welcome', server_time: '2026-11-24T06:00:00Z', heartbeat_seconds: 20 }
const socket = (): Blocked => sockets[sockets.length - 1] ?? new Blocked()
const polls = (): Asked<Poll>[] => asked.filter(({ path }) => path === '/api/live/poll') as Asked<Poll>[]
const said = (): Asked<{ messages: unknown[] }>[] =>
  asked.filter(({ path }) => path === '/api/live/messages') as Asked<{ messages: unknown[] }>[]
const poll = (): Asked<Poll> => {
  const found = polls()[polls().length - 1]
  if (found === undefined) throw new Error('nothing was asked')
  return found
}
/** Lets promises and the lazily loaded module go on. */
const settle = async (): Promise<void> => {
  await import('./polling')
  await vi.advanceTimersByTimeAsync(0)
}

function start(): Live {
  live = createLive({
    face: 'applicant',
    cursors: () => ({ 'account:1': 3 }),
    http: {
      post: (path: string, ask: Ask = {}) =>
        new Promise((answer, refuse) => {
          asked.push({ path, ask, body: ask.body, answer: answer as (value: unknown) => void, refuse })
          ask.signal?.addEventListener('abort', () => refuse(new DOMException('', 'AbortError')))
        }),
    } as Partial<Http> as Http,
    open: () => {
      sockets.push(new Blocked())
      return socket()
    },
  })
  live.start()
  return live
}

/** Brings a page behind a network that refuses WebSockets onto a polled line. */
async function polled(): Promise<Live> {
  start()
  socket().onclose?.({ code: 1006 })
  await vi.advanceTimersByTimeAsync(200)
  socket().onclose?.({ code: 1006 })
  await vi.advanceTimersByTimeAsync(400)
  await settle()
  poll().answer({ messages: [welcome], mark: mark(1) })
  await settle()
  return live
}

/** Lets time pass in which nothing happens, which the server says every 20 s. */
async function pass(milliseconds: number): Promise<void> {
  for (let left = milliseconds; left > 0; left -= 20_000) {
    await vi.advanceTimersByTimeAsync(Math.min(left, 20_000))
    poll().answer({ messages: [], mark: mark(1) })
    await settle()
  }
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(1) // the longest pauses
  sessionStorage.clear()
  sockets = []
  asked = []
})
afterEach(() => {
  live.stop()
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe('a network that refuses WebSockets', () => {
  it('is polled after two tries, with cursors, mark and keys, and as no use of the login', async () => {
    start().watch(['desk:1'])
    live.stop()
    await polled()
    expect(sockets).toHaveLength(3)
    expect(live.line).toBe('open')
    expect(polls()[0]?.body).toMatchObject({ after: { 'account:1': 3 }, watch: [], mark: null })
    expect(poll().body).toEqual({ ...polls()[0]?.body, mark: mark(1) })
    expect(poll().ask.background).toBe(true)
    expect(poll().ask.patience).toBeGreaterThan(25_000)
  })
  it('hears events and asks on from there', async () => {
    await polled()
    const heard = vi.fn()
    live.on('event', heard)
    poll().answer({ messages: [event(4), event(5)], mark: mark(2) })
    await settle()
    expect(heard.mock.calls.map(([{ seq }]) => seq as number)).toEqual([4, 5])
    expect(poll().body).toMatchObject({ after: { 'account:1': 5 }, mark: mark(2) })
    poll().answer({ messages: [{ type: 'reset', stream: 'account:1', seq: 90 }], mark: mark(2) })
    await settle()
    expect(poll().body.after).toEqual({ 'account:1': 90 })
  })
  it('stays open while answers come, however little they say, and is dropped when none does', async () => {
    await polled()
    await pass(100_000)
    expect(live.line).toBe('open')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(live.line).not.toBe('open')
  })
  it('asks at once for what it watches from now on', async () => {
    await polled()
    const before = poll()
    live.watch(['desk:1'])
    await settle()
    expect(before.ask.signal?.aborted).toBe(true)
    expect(poll().body).toEqual({ ...before.body, watch: ['desk:1'] })
    expect(live.line).toBe('open')
  })
  it('says one thing after the other, and of reports only the newest', async () => {
    await polled()
    const signal = (n: number) => ({
      type: 'signal',
      call: 'c',
      from_attempt: 1,
      to: 'p',
      to_attempt: n,
      batch: [],
    })
    const media = (bytes: number) => ({
      type: 'media',
      call: 'c',
      attempt: 1,
      ice: 'connected',
      bytes,
      frames: 1,
    })
    for (const message of [signal(1), media(1), signal(2), media(2)]) live.send(message as never)
    expect(said().map(({ body }) => body.messages)).toEqual([[signal(1)]])
    said()[0]?.answer({ heard: 1 })
    await settle()
    expect(said().map(({ body }) => body.messages)).toEqual([[signal(1)], [signal(2), media(2)]])
    expect(new Set(said().map(({ ask }) => ask.key)).size).toBe(2)
  })
  it('comes back by polling when an answer is lost or the server is about to end', async () => {
    await polled()
    for (const over of [
      () => poll().refuse(new ApiError('unreachable', 0)),
      () => poll().answer({ messages: [], mark: null }),
    ]) {
      over()
      await settle()
      expect(live.line).toBe('down')
      await vi.advanceTimersByTimeAsync(200)
      await settle()
      expect(poll().body.mark).toBeNull()
      poll().answer({ messages: [welcome], mark: mark(3) })
      await settle()
      expect(live.line).toBe('open')
    }
    expect(sockets).toHaveLength(2)
  })
  it('counts as lost when something could not be said, so that calls say it again', async () => {
    await polled()
    live.send({ type: 'signal', call: 'c', from_attempt: 1, to: 'p', to_attempt: 1, batch: [] })
    said()[0]?.refuse(new ApiError('service_recovering', 503))
    await settle()
    expect(live.line).toBe('down')
  })
  it('stops for good when signed out', async () => {
    await polled()
    const out = vi.fn()
    live.on('signed_out', out)
    poll().refuse(new ApiError('login_expired', 401))
    await settle()
    await vi.advanceTimersByTimeAsync(FIRST_LOOK_MS * 3)
    expect(out).toHaveBeenCalledTimes(1)
    expect(live.line).toBe('closed')
    expect([polls().length, sockets.length]).toEqual([2, 2])
  })
  it('is known after a reload', async () => {
    await polled()
    live.stop()
    start()
    await settle()
    expect(sockets).toHaveLength(2)
    expect(poll().body.mark).toBeNull()
  })
})

describe('a network that swallows what WebSockets say', () => {
  it('is polled after one silence', async () => {
    start()
    socket().onopen?.()
    await vi.advanceTimersByTimeAsync(GREETING_MS + 200)
    await settle()
    expect(sockets).toHaveLength(1)
    expect(polls()).toHaveLength(1)
  })
})

describe('a browser that makes no WebSocket', () => {
  it('is polled too', async () => {
    live = createLive({
      face: 'applicant',
      cursors: () => ({}),
      http: {
        post: () => new Promise((answer) => asked.push({ path: '/api/live/poll', answer } as never)),
      } as never,
      open: () => {
        throw new DOMException('', 'SecurityError')
      },
    })
    live.start()
    await vi.advanceTimersByTimeAsync(700)
    await settle()
    expect(polls()).toHaveLength(1)
  })
})

describe('when nothing comes through', () => {
  it('WebSockets and polls take turns', async () => {
    start()
    for (let n = 0; n < 2; n += 1) {
      socket().onclose?.({ code: 1006 })
      await vi.advanceTimersByTimeAsync(400)
    }
    await settle()
    expect([sockets.length, polls().length]).toEqual([2, 1])
    poll().refuse(new ApiError('unreachable', 0))
    await settle()
    await vi.advanceTimersByTimeAsync(800)
    expect([sockets.length, polls().length]).toEqual([3, 1])
    socket().onclose?.({ code: 1006 })
    await vi.advanceTimersByTimeAsync(1600)
    await settle()
    expect([sockets.length, polls().length]).toEqual([3, 2])
  })
})

describe('a WebSocket that may come through again', () => {
  it('is looked for now and then, and taken when the server has answered it', async () => {
    await polled()
    await pass(FIRST_LOOK_MS)
    expect(sockets).toHaveLength(3)
    socket().onopen?.()
    expect(socket().sent).toEqual([{ type: 'ping' }])
    socket().onclose?.({ code: 1006 }) // not by the server
    expect(live.line).toBe('open')
    await pass(FIRST_LOOK_MS * 2)
    expect(sockets).toHaveLength(4)
    const before = poll()
    socket().onopen?.()
    socket().onclose?.({ code: 1002 })
    expect(before.ask.signal?.aborted).toBe(true)
    expect(sockets).toHaveLength(5)
    socket().onopen?.()
    expect(socket().sent[0]).toMatchObject({ type: 'hello' })
    socket().onmessage?.({ data: JSON.stringify(welcome) })
    expect(live.line).toBe('open')
    expect(readStored('carrier', 'tab')).toBeNull()
    expect(poll()).toBe(before)
  })
  it('is looked for at once when the network changed, and given up when it stays silent', async () => {
    await polled()
    window.dispatchEvent(new Event('online'))
    expect(sockets).toHaveLength(3)
    const trial = socket()
    trial.onopen?.()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(trial.closed).toBe(true)
    expect(live.line).toBe('open')
  })
})
