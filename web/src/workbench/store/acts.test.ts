import { beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { ApiError } from '@/api/http'
import * as api from '../api'
import { accept, lastRing, reply, signOff, wish } from './acts'
import * as desk from './desk'
import { draftOf, forgetDrafts, keepDraft, openDrafts } from './letter-drafts'
import { releaseHeld } from './letter-holds'
import { explainMisses } from './misses'

vi.mock('../api')
vi.mock('@/call/ring', () => ({ unlockSound: vi.fn() }))
vi.mock('./misses', () => ({ explainMisses: vi.fn() }))
vi.mock('./letter-holds', () => ({ releaseHeld: vi.fn() }))
vi.mock('./clock', async () => ({ now: (await import('vue')).ref(0) }))
vi.mock('./desk', async () => {
  const { ref, shallowReactive } = await import('vue')
  return {
    call: { view: shallowReactive({ phase: 'idle' }), accept: vi.fn(), takeOver: vi.fn() },
    offer: ref(null),
    session: ref(null),
    presence: ref(null),
    ticket: ref(null),
    state: ref(null),
    ringer: { start: vi.fn(), stop: vi.fn() },
    leave: vi.fn(),
    line: ref('open'),
    signedOut: ref(false),
    refreshState: vi.fn(),
  }
})

const loose = desk as unknown as {
  call: { view: { phase: string }; accept: ReturnType<typeof vi.fn>; takeOver: ReturnType<typeof vi.fn> }
  offer: { value: unknown }
  session: { value: unknown }
  presence: { value: unknown }
  state: { value: unknown }
  line: { value: string }
}

/** What the events say of a ring that is being answered, before the answer itself has come. */
async function eventsOvertake(): Promise<void> {
  loose.session.value = { ticket_id: 't1' }
  loose.call.view.phase = 'elsewhere'
  await nextTick()
}

beforeEach(() => {
  sessionStorage.clear()
  vi.clearAllMocks()
  loose.call.view.phase = 'idle'
  loose.session.value = null
  loose.offer.value = { engagement_id: 'e1', ticket_id: 't1', expires_at: '2026-11-25T06:00:00Z' }
})

describe('accept', () => {
  it('does not take its own call over when the events come before the answer', async () => {
    let answer: (value: never) => void = () => undefined
    vi.mocked(api.acceptRing).mockReturnValue(new Promise((resolve) => (answer = resolve)))
    const accepted = accept()
    await eventsOvertake()
    expect(loose.call.takeOver).not.toHaveBeenCalled()
    answer({ session: { ticket_id: 't1' } } as never)
    await accepted
    await nextTick()
    expect(loose.call.accept).toHaveBeenCalledTimes(1)
    expect(loose.call.takeOver).not.toHaveBeenCalled()
  })
  it('goes into the call when the answer got lost on the way', async () => {
    let lose: (error: unknown) => void = () => undefined
    vi.mocked(api.acceptRing).mockReturnValue(new Promise((_resolve, reject) => (lose = reject)))
    const accepted = accept()
    await eventsOvertake()
    lose(new ApiError('offline', 0))
    expect(await accepted).toBe(false)
    await nextTick()
    expect(loose.call.takeOver).toHaveBeenCalledTimes(1)
  })
})

describe('a ring that comes before the answer to having become ready', () => {
  it('is answered once that answer is there, and once only', async () => {
    let answer: (value: never) => void = () => undefined
    vi.mocked(api.setPresence).mockReturnValue(new Promise((resolve) => (answer = resolve)))
    vi.mocked(api.acceptRing).mockResolvedValue({ session: { ticket_id: 't1' } } as never)
    const wished = wish('ready')
    const accepted = [accept(), accept()]
    await nextTick()
    expect(api.acceptRing).not.toHaveBeenCalled()
    answer({ wanted: 'ready', work: 'idle' } as never)
    await wished
    expect(await Promise.all(accepted)).toEqual([true, false])
    expect(api.acceptRing).toHaveBeenCalledTimes(1)
  })
})

describe('signing off', () => {
  it('says first why rings were missed, while that pause still is', async () => {
    loose.presence.value = { wanted: 'break', reason: 'missed_rings' }
    await signOff()
    const [said, off] = [vi.mocked(explainMisses), vi.mocked(api.setPresence)]
    expect(off).toHaveBeenCalledWith('off', null)
    expect(said.mock.invocationCallOrder[0]).toBeLessThan(off.mock.invocationCallOrder[0] ?? 0)
    loose.presence.value = null
  })
  it('lets colleagues have the letters that were held, while the login still is', async () => {
    await signOff()
    const [freed, out] = [vi.mocked(releaseHeld), vi.mocked(api.signOut)]
    expect([freed.mock.calls.length, out.mock.calls.length]).toEqual([1, 1])
    expect(freed.mock.invocationCallOrder[0]).toBeLessThan(out.mock.invocationCallOrder[0] ?? 0)
  })
  it('takes what is half written to letters along, once it is done and not before', async () => {
    forgetDrafts()
    openDrafts('s1')
    keepDraft('l1', '来得及')
    vi.mocked(api.signOut).mockRejectedValueOnce(new ApiError('unreachable', 0))
    expect(await signOff()).toBe(false)
    expect(draftOf('l1')).toBe('来得及')
    expect(await signOff()).toBe(true)
    expect([draftOf('l1'), sessionStorage.getItem('cw:letters')]).toEqual(['', null])
  })
})

describe('an answer in writing', () => {
  const over = async (): Promise<void> => {
    loose.offer.value = null
    await nextTick()
  }
  it('is said to be read when it was taken', async () => {
    vi.mocked(api.replyToRing).mockResolvedValue({} as never)
    loose.offer.value = { engagement_id: 'e3', ticket_id: 't1', expires_at: '1970-01-01T00:00:00Z' }
    await nextTick()
    await reply('能认')
    await over()
    expect(lastRing.value?.how).toBe('replied')
  })
  it('is not when it was refused, however the ring ends then', async () => {
    vi.mocked(api.replyToRing).mockRejectedValue(new ApiError('ring_over', 409))
    loose.offer.value = { engagement_id: 'e2', ticket_id: 't1', expires_at: '1970-01-01T00:00:00Z' }
    await nextTick()
    await reply('能认')
    await over()
    expect(lastRing.value?.how).toBe('missed')
  })
})

describe('wish', () => {
  const ringing = { wanted: 'ready', work: 'ringing' }
  const answered = { wanted: 'ready', work: 'idle' }
  beforeEach(() => {
    loose.state.value = { presence: ringing }
    vi.mocked(api.setPresence).mockResolvedValue(answered as never)
  })
  it('keeps a ring that came by event before the answer', async () => {
    loose.line.value = 'open'
    await wish('ready')
    expect(loose.state.value).toEqual({ presence: ringing })
  })
  it('takes the answer while the line is down', async () => {
    loose.line.value = 'down'
    await wish('ready')
    expect(loose.state.value).toEqual({ presence: answered })
  })
})
