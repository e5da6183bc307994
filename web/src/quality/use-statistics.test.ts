import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick, shallowReactive } from 'vue'
import type { CallView } from '@/call'
import { NO_STATS } from '@/call/scene'
import type { Report } from './statistics'
import { REPORT_EVERY_MS, useStatistics } from './use-statistics'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const call = (attempt: number, id = 'c1') => ({ id, participants: [{ id: 'me', side: 'clerk', attempt }] })

function scene() {
  const view = shallowReactive({
    ...{ phase: 'idle', call: null, me: null, stats: null, rung: 'full' },
    devices: { microphone: 'ok', camera: 'ok' },
  }) as unknown as CallView
  const sent: { call: string; report: Report; leaving: boolean }[] = []
  useStatistics(
    { view },
    (id, report, leaving) => {
      sent.push({ call: id, report, leaving })
      return Promise.reject(new Error('the line is down'))
    },
    () => Date.now(),
  )
  async function set(more: object): Promise<void> {
    Object.assign(view, more)
    await nextTick()
  }
  return { set, sent }
}
const flowing = { ...NO_STATS, ice: 'connected', framesDecoded: 1 }

describe('telling the server', () => {
  it('counts from joining, tells every minute and at the end, then no more', async () => {
    const { set, sent } = scene()
    await set({ phase: 'joining' })
    await vi.advanceTimersByTimeAsync(300)
    await set({ phase: 'connecting', call: call(1), me: 'me' })
    await vi.advanceTimersByTimeAsync(200)
    await set({ phase: 'connected', stats: flowing })
    await vi.advanceTimersByTimeAsync(REPORT_EVERY_MS)
    expect(sent).toHaveLength(1)
    expect(sent[0]).toMatchObject({
      call: 'c1',
      leaving: false,
      report: { attempt: 1, number: 1, setup_ms: 500 },
    })
    await set({ phase: 'ended', me: null, call: null, stats: null })
    expect(sent[1]).toMatchObject({ call: 'c1', leaving: true, report: { number: 2, setup_ms: 500 } })
    await vi.advanceTimersByTimeAsync(3 * REPORT_EVERY_MS)
    window.dispatchEvent(new Event('pagehide'))
    expect(sent).toHaveLength(2)
  })

  it('tells when the page goes away, and goes on if it does not', async () => {
    const { set, sent } = scene()
    await set({ phase: 'connecting', call: call(1), me: 'me' })
    window.dispatchEvent(new Event('pagehide'))
    expect(sent[0]).toMatchObject({ leaving: true, report: { cause: 'signalling_timeout' } })
    await set({ phase: 'connected', stats: flowing })
    await vi.advanceTimersByTimeAsync(REPORT_EVERY_MS)
    expect(sent[1]).toMatchObject({ report: { number: 2, cause: null } })
  })

  it('begins anew with another attempt and another call', async () => {
    const { set, sent } = scene()
    await set({ phase: 'connected', call: call(1), me: 'me', stats: flowing })
    await set({ phase: 'elsewhere' })
    await set({ phase: 'connecting', call: call(3) })
    await set({ phase: 'connecting', call: call(1, 'c2') })
    await set({ phase: 'ended', call: null })
    expect(sent.map(({ call: of, report }) => [of, report.attempt, report.number])).toEqual([
      ['c1', 1, 1],
      ['c1', 3, 1],
      ['c2', 1, 1],
    ])
  })

  it('says nothing where there is no call', async () => {
    const { set, sent } = scene()
    await set({ phase: 'joining' })
    await set({ phase: 'idle' })
    await vi.advanceTimersByTimeAsync(REPORT_EVERY_MS)
    expect(sent).toEqual([])
  })
})
