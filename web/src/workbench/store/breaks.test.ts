import { beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { ApiError } from '@/api/http'
import { setLanguage } from '@/i18n'
import { breaks, misses as fixtures, presence, today } from '../../../shots/desk'
import * as api from '../api'
import type { BreakReason, Presence } from '../types'
import { breakSeconds, limitNote, useNote } from './breaks'
import * as clock from './clock'
import * as desk from './desk'
import * as store from './misses'
import { reminder } from './reminder'

vi.mock('../api')
vi.mock('./clock', async () => ({ now: (await import('vue')).ref(0) }))
vi.mock('./desk', async () => {
  const { shallowRef } = await import('vue')
  return {
    presence: shallowRef(null),
    today: shallowRef(null),
    queue: shallowRef(null),
    ringer: { remind: vi.fn() },
  }
})

const loose = desk as unknown as {
  presence: { value: Presence | null }
  today: { value: unknown }
  queue: { value: unknown }
  ringer: { remind: ReturnType<typeof vi.fn> }
}
const START = Date.parse('2026-11-24T06:00:00Z')
const iso = (seconds: number): string => new Date(START + seconds * 1000).toISOString()
const onBreak = (reason: BreakReason, since: number, remind: number | null): Presence =>
  presence({ wanted: 'break', reason, since: iso(since), remind_at: remind === null ? null : iso(remind) })
async function at(seconds: number): Promise<void> {
  clock.now.value = START + seconds * 1000
  await nextTick()
}

beforeEach(async () => {
  setLanguage('zh')
  localStorage.clear()
  loose.presence.value = loose.today.value = loose.queue.value = null
  await at(0)
  vi.clearAllMocks()
  vi.mocked(api.getMisses).mockResolvedValue(fixtures)
})

describe('breaks of today', () => {
  it('go on by the clock of the page, from where the server counted to', async () => {
    loose.today.value = { ...today, breaks: { ...breaks(2, { rest: 300, meeting: 60 }), at: iso(100) } }
    await at(400)
    expect(breakSeconds()).toBe(360)
    loose.presence.value = onBreak('rest', 40, 940)
    expect([breakSeconds(), breakSeconds('rest'), breakSeconds('meeting')]).toEqual([660, 600, 60])
    loose.presence.value = onBreak('rest', 340, 1240)
    expect(breakSeconds('rest')).toBe(360)
  })
  it('are said with the limit of their reason, and only from a minute on', () => {
    expect([limitNote('rest'), useNote('rest')]).toEqual(['时长会记下来', '时长会记下来'])
    loose.today.value = { ...today, breaks: breaks(2, { rest: 1080, meeting: 3900, paperwork: 59 }) }
    expect(useNote('rest')).toBe('最多 15 分钟，今天已用 18 分钟')
    expect(useNote('meeting')).toBe('不限时，今天已用 1 小时 5 分钟')
    expect(useNote('paperwork')).toBe('最多 15 分钟')
    expect(useNote('other')).toBe('不限时，时长会记下来')
  })
})

describe('the reminder', () => {
  it('comes once at the limit, and goes when the break is over', async () => {
    loose.presence.value = onBreak('rest', 0, 900)
    await at(899)
    expect([reminder.value, loose.ringer.remind.mock.calls.length]).toEqual(['', 0])
    await at(900)
    await at(901)
    expect(loose.ringer.remind).toHaveBeenCalledTimes(1)
    expect(reminder.value).toContain('短休到时间了')
    loose.presence.value = presence({ since: iso(905) })
    await nextTick()
    expect(reminder.value).toBe('')
  })
  it('does not come again for the same break after a reload, but does for the next', async () => {
    localStorage.setItem('cw:break-reminded', iso(0))
    loose.presence.value = onBreak('rest', 0, 900)
    await at(1000)
    expect(loose.ringer.remind).not.toHaveBeenCalled()
    loose.presence.value = onBreak('paperwork', 1000, 1900)
    await at(1900)
    expect(loose.ringer.remind).toHaveBeenCalledTimes(1)
  })
  it('never comes without a limit', async () => {
    loose.presence.value = onBreak('meeting', 0, null)
    await at(90_000)
    expect(loose.ringer.remind).not.toHaveBeenCalled()
  })
})

describe('missed rings', () => {
  async function pause(since = 0): Promise<void> {
    loose.presence.value = onBreak('missed_rings', since, null)
    await vi.waitFor(() => {
      expect(store.misses.value ?? store.missesProblem.value).not.toBeNull()
    })
  }
  it('are fetched for a pause and whenever the queue has changed, and forgotten after it', async () => {
    await pause()
    expect(store.misses.value).toEqual(fixtures)
    loose.queue.value = []
    await nextTick()
    expect(api.getMisses).toHaveBeenCalledTimes(2)
    loose.presence.value = presence()
    await nextTick()
    loose.queue.value = []
    await nextTick()
    expect([store.misses.value, vi.mocked(api.getMisses).mock.calls.length]).toEqual([null, 2])
  })
  it('say why they cannot be shown, and stay as they were when only a later look fails', async () => {
    vi.mocked(api.getMisses).mockRejectedValueOnce(new ApiError('not_found', 404))
    await pause()
    expect(store.missesProblem.value).not.toBeNull()
    await store.refreshMisses()
    expect([store.missesProblem.value, store.misses.value]).toEqual([null, fixtures])
  })
  it('are explained on the way out only, which a refusal does not close', async () => {
    await store.explainMisses()
    expect(api.explainMisses).not.toHaveBeenCalled()
    await pause()
    store.missReason.value = 'away_from_seat'
    vi.mocked(api.explainMisses).mockRejectedValueOnce(new ApiError('wrong_state', 409))
    await store.explainMisses()
    expect(api.explainMisses).toHaveBeenCalledWith('away_from_seat')
    vi.mocked(api.explainMisses).mockRejectedValueOnce(new ApiError('offline', 0))
    await expect(store.explainMisses()).rejects.toThrow()
    await pause(500)
    expect(store.missReason.value).toBeNull()
  })
})
