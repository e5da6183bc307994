import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { nextTick, reactive } from 'vue'
import type { Phase } from './call-state'
import { SETTLE_MS, settledOf } from './settled'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

it('settles a while after the two are connected, and anew after an interruption', async () => {
  const view = reactive<{ phase: Phase }>({ phase: 'connecting' })
  const settled = settledOf(view)
  async function at(phase: Phase, milliseconds: number): Promise<boolean> {
    view.phase = phase
    await nextTick()
    vi.advanceTimersByTime(milliseconds)
    return settled.value
  }
  expect(await at('connecting', SETTLE_MS * 2)).toBe(false)
  expect(await at('connected', SETTLE_MS - 1)).toBe(false)
  expect(await at('connected', 1)).toBe(true)
  expect(await at('interrupted', SETTLE_MS * 2)).toBe(false)
  expect(await at('connected', SETTLE_MS - 1)).toBe(false)
  expect(await at('ended', SETTLE_MS * 2)).toBe(false)
})
