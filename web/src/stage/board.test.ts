import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick, shallowReactive } from 'vue'
import type { CallController, HeardMessage } from '@/call'
import { Board, POINTER_MS, WET_MS, type StageState, type StrokeList } from './board'
import { PLAIN } from './geometry'
import { Hand, KEEP_LOOK_MS, TELL_EVERY_MS, type HandApi } from './hand'
import type { Stroke } from './ink'
import { TOPIC } from './talk'

const ID = '01890000-0000-7000-8000-00000000000'
const stroke = (n: number, places: number[] = [0, 0, 1, 1]): Stroke => ({
  id: `${ID}${String(n)}`,
  tool: 'pen',
  colour: 'red',
  places,
})
const stage = (no: number, strokes = 0): StageState => ({
  ...PLAIN,
  no,
  kind: 'document',
  participant_id: 'citizen',
  strokes,
  file_id: null,
  covered: false,
})
type Event = StrokeList['events'][number]
const drawn = (seq: number, n: number): Event => ({
  seq,
  kind: 'stroke',
  stroke: { ...stroke(n), no: 1, places: [...stroke(n).places] },
  undone: null,
})

/** Two pages of one call; what one says the other hears. */
class FakeCall {
  readonly view = shallowReactive({
    call: {
      id: 'call',
      stage: null as StageState | null,
      photo: null,
      pushed: 0,
      participants: [
        { id: 'clerk', side: 'clerk', attempt: 1 },
        { id: 'citizen', side: 'applicant', attempt: 1 },
      ],
    },
  })
  readonly said: { topic: string; body: string; lossy?: boolean }[] = []
  hearer: ((message: HeardMessage) => void) | null = null
  say(message: { topic: string; body: string; lossy?: boolean }): void {
    this.said.push(message)
  }
  onMessage(hearer: (message: HeardMessage) => void): () => void {
    this.hearer = hearer
    return () => (this.hearer = null)
  }
  put(next: StageState | null): Promise<void> {
    this.view.call = { ...this.view.call, stage: next }
    return nextTick()
  }
  hear(topic: string, body: unknown, from = 'clerk'): void {
    this.hearer?.({ from, topic, body: typeof body === 'string' ? body : JSON.stringify(body) })
  }
}

let call: FakeCall
let answers: (StrokeList | Error)[]
let asked: number[]
const boards: Board[] = []
const make = (): Board => {
  const board = new Board({
    call: call as unknown as CallController,
    read: (_, after) => {
      asked.push(after)
      const answer = answers.shift() ?? new Error('no answer')
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
    },
  })
  boards.push(board)
  return board
}
const ids = (strokes: readonly Stroke[]): string[] => strokes.map(({ id }) => id.slice(-1))

beforeEach(() => {
  vi.useFakeTimers()
  call = new FakeCall()
  answers = []
  asked = []
})
afterEach(() => {
  for (const board of boards.splice(0)) board.close()
  vi.useRealTimers()
})

describe('what the server keeps', () => {
  it('is read from where the page stands, folded in order, and forgotten with the picture', async () => {
    const { view } = make()
    answers = [{ no: 1, events: [drawn(2, 1), drawn(3, 2)] }]
    await call.put(stage(1, 3))
    await vi.runAllTimersAsync()
    expect([asked, ids(view.kept)]).toEqual([[1], ['1', '2']])
    answers = [
      {
        no: 1,
        events: [{ seq: 4, kind: 'stroke_undone', stroke: null, undone: `${ID}1` }, drawn(5, 3)],
      },
    ]
    await call.put(stage(1, 5))
    await vi.runAllTimersAsync()
    expect([asked, ids(view.kept)]).toEqual([
      [1, 3],
      ['2', '3'],
    ])
    answers = [{ no: 1, events: [{ seq: 6, kind: 'strokes_cleared', stroke: null, undone: null }] }]
    await call.put(stage(1, 6))
    await vi.runAllTimersAsync()
    expect(view.kept).toEqual([])
    await call.put(stage(7))
    expect([view.kept, asked.length]).toEqual([[], 3])
  })

  it('is asked for again when no answer comes, and once for many news', async () => {
    const { view } = make()
    answers = [new Error('lost'), { no: 1, events: [drawn(2, 1), drawn(3, 2)] }]
    await call.put(stage(1, 2))
    await call.put(stage(1, 3))
    await vi.runAllTimersAsync()
    expect(ids(view.kept)).toEqual(['1', '2'])
    expect(asked.slice(-1)).toEqual([1])
  })
})

describe('a hand that moves', () => {
  it('is followed while it draws, until the server confirms the stroke', async () => {
    const { view } = make()
    await call.put(stage(1))
    const news = { no: 1, ...stroke(1), from: 0 }
    call.hear(TOPIC.ink, news)
    call.hear(TOPIC.ink, { ...news, from: 4, places: [2, 2] })
    expect(view.wet[0]?.places).toEqual([0, 0, 1, 1, 2, 2])
    answers = [{ no: 1, events: [drawn(2, 1)] }]
    await call.put(stage(1, 2))
    await vi.advanceTimersByTimeAsync(0)
    expect([ids(view.kept), view.wet]).toEqual([['1'], []])
  })

  it('leaves nothing behind when it goes away', async () => {
    const { view } = make()
    await call.put(stage(1))
    call.hear(TOPIC.ink, { no: 1, ...stroke(1), from: 0 })
    call.hear(TOPIC.ink, { no: 1, ...stroke(2), from: 0 })
    call.hear(TOPIC.point, { no: 1, place: { x: 1, y: 2 } })
    call.hear(TOPIC.gone, `${ID}2`)
    expect([ids(view.wet), view.pointer]).toEqual([['1'], { x: 1, y: 2 }])
    await vi.advanceTimersByTimeAsync(POINTER_MS)
    expect(view.pointer).toBeNull()
    await vi.advanceTimersByTimeAsync(WET_MS)
    expect(view.wet).toEqual([])
  })

  it('turns and enlarges what the other side sees', async () => {
    const { view } = make()
    await call.put(stage(1))
    call.hear(TOPIC.look, { no: 1, look: { turn: 90, zoom: 200, x: 1, y: 2 } })
    expect(view.look).toEqual({ turn: 90, zoom: 200, x: 1, y: 2 })
  })

  it('of a citizen, of another picture, or of a page that lies is not seen', async () => {
    const { view } = make()
    await call.put(stage(1))
    const ink = { no: 1, ...stroke(1), from: 0 }
    call.hear(TOPIC.ink, ink, 'citizen')
    call.hear(TOPIC.ink, ink, 'nobody')
    for (const wrong of [
      { ...ink, no: 2 },
      { ...ink, id: 'short' },
      { ...ink, tool: 'knife' },
      { ...ink, colour: '#000' },
      { ...ink, from: -1 },
      { ...ink, from: 1e9 },
      { ...ink, places: [1] },
      { ...ink, places: [0, 10_001] },
      { ...ink, places: [0, 0.5] },
      { ...ink, places: Array(402).fill(0) },
      null,
      [],
    ])
      call.hear(TOPIC.ink, wrong)
    call.hear(TOPIC.ink, '{')
    for (const place of [{ x: -1, y: 0 }, { x: 0 }, 'here']) call.hear(TOPIC.point, { no: 1, place })
    for (const look of [{ ...PLAIN, turn: 45 }, { ...PLAIN, zoom: 5000 }, { ...PLAIN, x: 1e6 }, null])
      call.hear(TOPIC.look, { no: 1, look })
    expect(view).toMatchObject({ wet: [], pointer: null })
    expect(view.look).toMatchObject(PLAIN)
  })
})

describe('the clerk’s hand', () => {
  const api = (): { calls: unknown[][]; fail: boolean } & HandApi => {
    const made = {
      calls: [] as unknown[][],
      fail: false,
      draw: (...args: unknown[]) => answer('draw', args),
      undo: (...args: unknown[]) => answer('undo', args),
      clear: (...args: unknown[]) => answer('clear', args),
      look: (...args: unknown[]) => answer('look', args),
    }
    const answer = (name: string, args: unknown[]): Promise<void> => {
      made.calls.push([name, ...args])
      return made.fail ? Promise.reject(new Error('no')) : Promise.resolve()
    }
    return made
  }
  const problems: unknown[] = []
  const begin = async (): Promise<{ board: Board; hand: Hand; server: ReturnType<typeof api> }> => {
    const board = make()
    const server = api()
    const hand = new Hand(call as unknown as CallController, board, server, (error) => problems.push(error))
    await call.put(stage(1))
    return { board, hand, server }
  }

  it('tells what it draws in pieces, and the whole at the end', async () => {
    const { board, hand, server } = await begin()
    hand.begin('pen', 'blue', { x: 0, y: 0 })
    await vi.advanceTimersByTimeAsync(TELL_EVERY_MS)
    hand.move({ x: 100, y: 0 })
    hand.move({ x: 200, y: 0 })
    await vi.advanceTimersByTimeAsync(TELL_EVERY_MS)
    await hand.end()
    const told = call.said.map(({ body }) => JSON.parse(body) as { from: number; places: number[] })
    expect(told.map(({ from, places }) => [from, places])).toEqual([
      [0, [0, 0, 0, 0]],
      [4, [100, 0, 200, 0]],
      [0, [0, 0, 100, 0, 200, 0]],
    ])
    expect(server.calls[0]).toMatchObject([
      'draw',
      'call',
      { no: 1, tool: 'pen', colour: 'blue', places: [0, 0, 100, 0, 200, 0] },
    ])
    expect(board.view.wet).toHaveLength(1)
  })

  it('a box and an arrow keep their two corners', async () => {
    const { hand, server } = await begin()
    hand.begin('box', 'red', { x: 1, y: 2 })
    hand.move({ x: 500, y: 500 })
    hand.move({ x: 900, y: 800 })
    await hand.end()
    expect(server.calls[0]?.[2]).toMatchObject({ places: [1, 2, 900, 800] })
  })

  it('what could not be kept is taken away on both sides, with a reason', async () => {
    const { board, hand, server } = await begin()
    server.fail = true
    hand.begin('pen', 'red', { x: 0, y: 0 })
    await hand.end()
    expect([board.view.wet, call.said.slice(-1)[0]?.topic, problems.length]).toEqual([[], TOPIC.gone, 1])
  })

  it('keeps a look once it rests', async () => {
    const { board, hand, server } = await begin()
    hand.look({ ...PLAIN, zoom: 120 })
    hand.look({ ...PLAIN, zoom: 150 })
    expect([board.view.look.zoom, server.calls]).toEqual([150, []])
    await vi.advanceTimersByTimeAsync(KEEP_LOOK_MS)
    expect(server.calls).toEqual([['look', 'call', { ...PLAIN, zoom: 150, no: 1 }]])
  })

  it('undoes the last kept stroke, and does nothing without a picture', async () => {
    const { hand, server } = await begin()
    await hand.undo()
    answers = [{ no: 1, events: [drawn(2, 1), drawn(3, 2)] }]
    await call.put(stage(1, 3))
    await vi.advanceTimersByTimeAsync(0)
    await hand.undo()
    await hand.clear()
    await call.put(null)
    hand.begin('pen', 'red', { x: 0, y: 0 })
    await hand.end()
    await hand.clear()
    expect(server.calls).toEqual([
      ['undo', 'call', 1, `${ID}2`],
      ['clear', 'call', 1],
    ])
  })
})
