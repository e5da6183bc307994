import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp, nextTick, type App } from 'vue'
import * as api from '../api'
import { keepDraft, type DraftKeeper } from './draft'

vi.mock('../api')
vi.mock('./desk', async () => ({ line: (await import('vue')).ref('open') }))

let app: App
function keep(known: Parameters<typeof keepDraft>[1] = null): DraftKeeper {
  let kept: DraftKeeper | undefined
  app = createApp({
    setup() {
      kept = keepDraft('s1', known, '张桂兰', '居民养老参保')
      return () => null
    },
  })
  app.mount(document.createElement('div'))
  return kept as DraftKeeper
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.mocked(api.saveDraft)
    .mockReset()
    .mockImplementation((_session, draft) => Promise.resolve(draft))
  sessionStorage.clear()
})
afterEach(() => {
  app.unmount()
  vi.useRealTimers()
})

describe('keepDraft', () => {
  it('tells the server once after the typing has settled', async () => {
    const kept = keep()
    kept.choose('guided_online')
    await nextTick()
    kept.form.more = '下周来'
    await vi.advanceTimersByTimeAsync(2000)
    expect(api.saveDraft).toHaveBeenCalledTimes(1)
    expect(vi.mocked(api.saveDraft).mock.calls[0]?.[1]).toMatchObject({
      outcome: 'guided_online',
      summary: '帮张桂兰办理居民养老参保，已由本人在网上提交，下一步不用跟进。下周来',
    })
    expect(kept.state.value).toBe('saved')
  })
  it('keeps what was typed over a reload, also without a line', async () => {
    vi.mocked(api.saveDraft).mockRejectedValue(new Error('no line'))
    const first = keep()
    first.form.more = '写了一半'
    await vi.advanceTimersByTimeAsync(2000)
    expect(first.state.value).toBe('local')
    app.unmount()
    expect(keep().form.more).toBe('写了一半')
  })
  it('leaves a phrase that was changed by hand when the outcome changes', () => {
    const kept = keep()
    kept.choose('solved')
    kept.form.done = '当面说清楚了'
    kept.choose('guided_online')
    expect(kept.form.done).toBe('当面说清楚了')
  })
  it('edits a draft of which only the text is known as one text', () => {
    const kept = keep({ outcome: null, summary: '之前写的', next_step: 'none' })
    expect(kept.summary.value).toBe('之前写的')
  })
  it('forgets when the session is closed', async () => {
    const kept = keep()
    kept.form.more = '好了'
    await nextTick()
    kept.done()
    await vi.advanceTimersByTimeAsync(2000)
    expect(api.saveDraft).not.toHaveBeenCalled()
    expect(sessionStorage.length).toBe(0)
  })
})
