import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '@/api/http'
import { presence, queue } from '../../../shots/desk'
import { NOW } from '../../../shots/place'
import * as api from '../api'
import type { Presence, QueueRow } from '../types'
import * as acts from './acts'
import * as clock from './clock'
import * as desk from './desk'
import { calling, callBackNow, hindrance, mineToCall, type Agreed } from './early'

vi.mock('../api')
vi.mock('@/call/ring', () => ({ unlockSound: vi.fn() }))
vi.mock('./acts', async () => {
  const { ref } = await import('vue')
  return { lastRing: ref(null), trouble: ref(null) }
})
vi.mock('./clock', async () => ({ now: (await import('vue')).ref(0) }))
vi.mock('./desk', async () => {
  const { shallowRef } = await import('vue')
  return {
    callbacks: shallowRef([]),
    presence: shallowRef(null),
    refreshQueue: vi.fn(),
    refreshState: vi.fn(),
  }
})

const loose = desk as unknown as { callbacks: { value: QueueRow[] }; presence: { value: Presence | null } }
const agreed = queue.filter((row): row is Agreed => row.callback_at !== null)
const [soon, later] = agreed as [Agreed, Agreed]

beforeEach(() => {
  vi.clearAllMocks()
  sessionStorage.clear()
  clock.now.value = Date.parse(NOW)
  loose.callbacks.value = agreed
  loose.presence.value = presence()
  acts.trouble.value = null
})

describe('calling back before the time', () => {
  it('lists what is this clerk’s to take', () => {
    expect(mineToCall.value).toEqual(agreed)
    loose.callbacks.value = agreed.map((row) => ({ ...row, callback_from: null }))
    expect(mineToCall.value).toEqual([])
  })
  it('is possible from a while before the time on, for who is ready', () => {
    expect(hindrance(soon)).toBeNull()
    expect(hindrance(later)).toBe('too-early')
    clock.now.value = Date.parse(later.callback_from)
    expect(hindrance(later)).toBeNull()
    loose.presence.value = presence({ wanted: 'break', reason: 'rest' })
    expect(hindrance(soon)).toBe('not-ready')
  })
  it('asks once, and not while something is in the way', async () => {
    await callBackNow(later)
    expect(api.callBackEarly).not.toHaveBeenCalled()
    let answer: (value: never) => void = () => undefined
    vi.mocked(api.callBackEarly).mockReturnValue(new Promise((resolve) => (answer = resolve)))
    const first = callBackNow(soon)
    await callBackNow(soon)
    expect(calling.value).toBe(soon.ticket_id)
    answer({} as never)
    await first
    expect(api.callBackEarly).toHaveBeenCalledExactlyOnceWith(soon.ticket_id)
    expect(calling.value).toBeNull()
  })
  it('says why not, and looks at the queue anew', async () => {
    vi.mocked(api.callBackEarly).mockRejectedValue(new ApiError('nobody_to_hear', 409))
    await callBackNow(soon)
    expect(acts.trouble.value).not.toBeNull()
    expect(desk.refreshQueue).toHaveBeenCalled()
    expect(calling.value).toBeNull()
  })
})
