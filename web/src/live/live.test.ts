import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLive, createStateStore, onHint, type Live } from '.'
import type { StreamEvent } from './messages'
import { reconnectPause, type SocketLike } from './socket'

class FakeSocket implements SocketLike {
  onopen: (() => void) | null = null
  onmessage: ((message: { data: unknown }) => void) | null = null
  onclose: (() => void) | null = null
  sent: Record<string, unknown>[] = []
  closed = false
  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>)
  }
  close(): void {
    this.closed = true
  }
  welcome(): void {
    this.onopen?.()
    this.say({ type: 'welcome', server_time: '2026-11-24T06:00:00Z', heartbeat_seconds: 20 })
  }
  say(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
}

let sockets: FakeSocket[] = []
let live: Live
const event = (seq: number, data: unknown, name = 'ticket'): StreamEvent => ({
  type: 'event',
  stream: 'account:1',
  seq,
  event: name,
  data,
})
const document = (seq: number, ticket: unknown = null) => ({ cursor: { stream: 'account:1', seq }, ticket })
const last = (): FakeSocket => sockets[sockets.length - 1] ?? new FakeSocket()

function start(cursors: () => Record<string, number> = () => ({})): Live {
  live = createLive({
    face: 'applicant',
    cursors,
    open: () => {
      sockets.push(new FakeSocket())
      return last()
    },
  })
  live.start()
  return live
}

beforeEach(() => {
  vi.useFakeTimers()
  sockets = []
})
afterEach(() => {
  live.stop()
  vi.useRealTimers()
})

describe('the line', () => {
  it('says hello with its cursors first, and what it watches after the welcome', () => {
    start(() => ({ 'account:1': 12 })).watch(['desk:1'])
    last().welcome()
    expect(last().sent[0]).toMatchObject({ type: 'hello', after: { 'account:1': 12 } })
    expect(last().sent[1]).toEqual({ type: 'watch', keys: ['desk:1'] })
    expect(live.line).toBe('open')
  })
  it('comes back by itself with the cursors of then', () => {
    let seq = 1
    start(() => ({ 'account:1': seq }))
    last().welcome()
    seq = 5
    last().onclose?.()
    expect(live.line).toBe('down')
    vi.advanceTimersByTime(400)
    expect(sockets).toHaveLength(2)
    last().welcome()
    expect(last().sent[0]).toMatchObject({ after: { 'account:1': 5 } })
  })
  it('waits longer and longer, never beyond eight seconds', () => {
    expect(reconnectPause(0, () => 1)).toBe(200)
    expect(reconnectPause(3, () => 0)).toBe(800)
    expect(reconnectPause(20, () => 1)).toBe(8000)
  })
  it('drops a line on which nothing is heard any more', () => {
    start()
    last().welcome()
    vi.advanceTimersByTime(20_000)
    expect(last().sent).toContainEqual({ type: 'ping' })
    vi.advanceTimersByTime(45_000)
    expect(sockets[0]?.closed).toBe(true)
    expect(sockets.length).toBeGreaterThan(1)
  })
  it('stops for good when signed out', () => {
    start()
    last().welcome()
    last().say({ type: 'signed_out' })
    vi.advanceTimersByTime(60_000)
    expect(sockets).toHaveLength(1)
    expect(live.line).toBe('closed')
  })
})

describe('the state document', () => {
  it('applies events in order, ignores old ones, and fetches when one is missing', async () => {
    const fetchState = vi.fn().mockResolvedValueOnce(document(3)).mockResolvedValueOnce(document(7, 'seven'))
    const store = createStateStore(fetchState)
    store.follow(start())
    last().welcome()
    await store.refresh()
    last().say(event(4, 'four'))
    last().say(event(3, 'three again'))
    expect(store.state.value).toMatchObject({ ticket: 'four', cursor: { seq: 4 } })
    last().say(event(7, 'seven'))
    await vi.advanceTimersByTimeAsync(0)
    expect(store.state.value).toMatchObject({ ticket: 'seven', cursor: { seq: 7 } })
    expect(fetchState).toHaveBeenCalledTimes(2)
  })
  it('keeps what arrives while the fetch is under way', async () => {
    let answer: (value: unknown) => void = () => undefined
    const store = createStateStore(
      () => new Promise<ReturnType<typeof document>>((done) => (answer = done as never)),
    )
    store.follow(start())
    last().welcome()
    const loading = store.refresh()
    last().say(event(4, 'four'))
    answer(document(3, 'three'))
    await loading
    expect(store.state.value).toMatchObject({ ticket: 'four', cursor: { seq: 4 } })
  })
  it('fetches after a reset even when the number went back', async () => {
    const fetchState = vi
      .fn()
      .mockResolvedValueOnce(document(9, 'old'))
      .mockResolvedValueOnce(document(2, 'new'))
    const store = createStateStore(fetchState)
    store.follow(start())
    last().welcome()
    await store.refresh()
    last().say({ type: 'reset', stream: 'account:1' })
    await vi.advanceTimersByTimeAsync(0)
    expect(store.state.value).toMatchObject({ ticket: 'new', cursor: { seq: 2 } })
  })
  it('is fetched again and again while the line is down', async () => {
    const fetchState = vi.fn().mockResolvedValue(document(1))
    const store = createStateStore(fetchState)
    store.follow(start())
    last().welcome()
    last().onclose?.()
    await vi.advanceTimersByTimeAsync(5_100)
    expect(fetchState).toHaveBeenCalled()
    store.stop()
  })
})

describe('hints', () => {
  it('are gathered: ten hints, one fetch', () => {
    const refetch = vi.fn()
    start()
    last().welcome()
    const stop = onHint(live, () => 'desk:1', refetch)
    for (let n = 0; n < 10; n += 1) last().say({ type: 'hint', key: 'desk:1' })
    last().say({ type: 'hint', key: 'desk:2' })
    vi.advanceTimersByTime(400)
    expect(refetch).toHaveBeenCalledTimes(1)
    stop()
  })
})
