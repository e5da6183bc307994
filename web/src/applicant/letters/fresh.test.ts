import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp, nextTick, ref, type App } from 'vue'
import { getLetterTerms } from '@/api/applicant'
import { ApiError } from '@/api/http'
import type { LetterTerms } from '@/api/types'
import { live } from '../store/person'
import { useCatchingUp } from './behind'
import { useLetterTerms, type Terms } from './terms'

vi.mock('@/api/applicant', async (real) => ({ ...(await real<object>()), getLetterTerms: vi.fn() }))

let app: App | null = null
/** What a page has while it is shown. */
function shown<T>(use: () => T): T {
  let made: T | undefined
  app = createApp({
    setup() {
      made = use()
      return () => null
    },
  })
  app.mount(document.createElement('div'))
  return made as T
}
beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  app?.unmount()
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('a letter that is behind', () => {
  const behind = ref(false)
  const load = vi.fn(() => Promise.resolve())
  let welcome: (() => void) | undefined
  beforeEach(() => {
    behind.value = false
    load.mockClear()
    vi.spyOn(live, 'on').mockImplementation(((_what: string, handler: () => void) => {
      welcome = handler
      return () => undefined
    }) as typeof live.on)
    shown(() => useCatchingUp(() => behind.value, load))
  })
  const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

  it('is fetched until it is not, with growing pauses', async () => {
    await pass(60_000)
    expect(load).toHaveBeenCalledTimes(0)
    behind.value = true
    await nextTick()
    expect(load).toHaveBeenCalledTimes(1)
    await pass(3_000)
    expect(load).toHaveBeenCalledTimes(2)
    await pass(5_000)
    expect(load).toHaveBeenCalledTimes(2)
    await pass(1_000)
    expect(load).toHaveBeenCalledTimes(3)
    behind.value = false
    await pass(600_000)
    expect(load).toHaveBeenCalledTimes(3)
  })
  it('is fetched at once when the line or the page is back, and never after the page', async () => {
    behind.value = true
    await pass(0)
    welcome?.()
    await pass(0)
    expect(load).toHaveBeenCalledTimes(2)
    document.dispatchEvent(new Event('visibilitychange'))
    await pass(0)
    expect(load).toHaveBeenCalledTimes(3)
    app?.unmount()
    app = null
    await pass(600_000)
    expect(load).toHaveBeenCalledTimes(3)
  })
})

describe('the terms of a letter', () => {
  const server = vi.mocked(getLetterTerms)
  const some: LetterTerms = { desk_name: '专席', due_at: '2026-11-25T09:00:00Z', told_by: 'page' }
  const use = (): Terms => shown(() => useLetterTerms(() => ({ item: 'P01', region: '411025000000' })))
  const minute = (): Promise<unknown> => vi.advanceTimersByTimeAsync(60_000)

  it('stay over any refusal but that letters are not taken', async () => {
    server.mockReset().mockResolvedValueOnce(some)
    const { terms, error } = use()
    await vi.advanceTimersByTimeAsync(0)
    expect(server).toHaveBeenCalledTimes(1)
    for (const refusal of [new ApiError('internal', 500), new ApiError('timeout', 0)]) {
      server.mockRejectedValueOnce(refusal)
      await minute()
      expect([terms.value, error.value]).toEqual([some, refusal])
    }
    server.mockRejectedValueOnce(new ApiError('no_letters', 422))
    await minute()
    expect(terms.value).toBeNull()
  })
})
