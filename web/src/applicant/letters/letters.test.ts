import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { computed, ref } from 'vue'
import type { ApplicantState, LetterMark } from '@/api/types'
import { setLanguage } from '@/i18n'
import { setServerTime } from '../store/deployment'
import { dropForeign, useDraft } from '../store/draft'
import { allLetters, lettersInOrder, lettersShown, moreLetters } from '../store/mine'
import { state } from '../store/person'
import { routes } from '../routes'
import { letterPath, writePath } from './paths'
import { spokenStep } from '@/chat/limits'
import { dueBy, isLate, MOST, NEAR, roomLeft, stateOf } from './words'

const NOW = Date.parse('2026-11-24T06:15:00Z')
const mark = (id: string, more: Partial<LetterMark> = {}): LetterMark => ({
  id,
  item_key: 'P01',
  item_short_name: '居民养老参保',
  state: 'waiting',
  due_at: '2026-11-25T09:00:00Z',
  answered_at: null,
  unread: false,
  ...more,
})

describe('until when a letter is answered', () => {
  beforeEach(() => vi.useFakeTimers({ now: NOW }))
  afterEach(() => {
    setLanguage('zh')
    vi.useRealTimers()
  })
  it('is said with the day as people say it', () => {
    expect(dueBy('2026-11-24T09:00:00Z')).toBe('今天 17:00 前')
    expect(dueBy('2026-11-25T09:00:00Z')).toBe('明天 17:00 前')
    expect(dueBy('2026-11-30T09:00:00Z')).toBe('11月30日 星期一 17:00 前')
    setLanguage('en')
    expect(dueBy('2026-11-25T09:00:00Z')).toBe('by tomorrow 17:00')
  })
  it('is not promised any more once it has passed', () => {
    const late = mark('a', { due_at: '2026-11-24T01:00:00Z' })
    expect(isLate(late)).toBe(true)
    expect(stateOf(late)).toBe('等答复，已经晚了')
    expect(isLate({ ...late, state: 'answered' })).toBe(false)
    expect(stateOf(mark('a'))).toBe('等答复，明天 17:00 前')
    expect(stateOf(mark('a', { state: 'withdrawn' }))).toBe('已撤回')
  })
})

describe('a page that stays open', () => {
  beforeEach(() => vi.useFakeTimers({ now: NOW }))
  afterEach(() => vi.useRealTimers())
  const due = '2026-11-24T09:00:00Z'
  it('says after the time that it has passed, and the day as it turns', () => {
    const said = computed(() => stateOf(mark('a', { due_at: due })))
    const tomorrow = computed(() => dueBy('2026-11-25T09:00:00Z'))
    expect([said.value, tomorrow.value]).toEqual(['等答复，今天 17:00 前', '明天 17:00 前'])
    vi.setSystemTime(Date.parse('2026-11-24T17:00:00Z'))
    document.dispatchEvent(new Event('visibilitychange'))
    expect([said.value, tomorrow.value]).toEqual(['等答复，已经晚了', '今天 17:00 前'])
  })
  it('follows the server where that says another time', () => {
    const late = computed(() => isLate(mark('a', { due_at: due })))
    expect(late.value).toBe(false)
    setServerTime('2026-11-24T09:00:01Z')
    expect(late.value).toBe(true)
    setServerTime(new Date(NOW).toISOString())
    expect(late.value).toBe(false)
  })
  it('goes on by itself each half minute', async () => {
    vi.resetModules()
    const clock = await import('../store/deployment')
    const now = computed(() => clock.passingNow())
    expect(now.value).toBe(NOW)
    vi.advanceTimersByTime(29_000)
    expect(now.value).toBe(NOW)
    vi.advanceTimersByTime(1_000)
    expect(now.value).toBe(NOW + 30_000)
  })
})

describe('the room in a letter', () => {
  it('is nothing to think of until it runs short', () => {
    expect(roomLeft('')).toBeNull()
    expect(roomLeft('问'.repeat(MOST - 101))).toBeNull()
    expect(roomLeft('问'.repeat(MOST - 100))).toBe(100)
    expect(roomLeft('问'.repeat(MOST + 3))).toBe(-3)
  })
  it('counts as the server does: a rare letter is one, blanks at the ends are none', () => {
    expect(roomLeft(` ${'𠮷'.repeat(MOST - 1)}\n`)).toBe(1)
  })
  it('is spoken at steps only', () => {
    expect([100, 99, 51, 50, 11, 10, 1, 0].map((left) => spokenStep(left, NEAR))).toEqual([
      100, 100, 100, 50, 50, 10, 10, 0,
    ])
  })
})

describe('a draft', () => {
  const liu = (): string => 'liu'
  beforeEach(() => sessionStorage.clear())
  it('is found again after a reload, and gone once it is emptied', () => {
    useDraft('letter:P01', liu).value = '还能补交吗'
    const again = useDraft('letter:P01', liu)
    expect(again.value).toBe('还能补交吗')
    expect(useDraft('letter:P04', liu).value).toBe('')
    again.value = ''
    expect(sessionStorage.getItem('cw:letter:P01')).toBeNull()
  })
  it('comes with its account, once that is known', () => {
    useDraft('letter:P01', liu).value = '还能补交吗'
    const who = ref<string | null>(null)
    const again = useDraft('letter:P01', () => who.value)
    expect(again.value).toBe('')
    who.value = 'liu'
    expect(again.value).toBe('还能补交吗')
    who.value = null
    who.value = 'wang'
    expect(again.value).toBe('')
    expect(sessionStorage.getItem('cw:letter:P01')).toBeNull()
  })
  it('of somebody else is not left in the tab', () => {
    useDraft('letter:P01', liu).value = '还能补交吗'
    useDraft('letter-again:x', () => 'wang').value = '复印件行不行'
    sessionStorage.setItem('cw:letter:P04', 'no record of ours')
    sessionStorage.setItem('cw:call', 'x')
    dropForeign('wang')
    expect(Object.keys({ ...sessionStorage }).sort()).toEqual(['cw:call', 'cw:letter-again:x'])
  })
})

describe('letters on the start page', () => {
  it('are the unread first, then those that wait, then the lately answered, and few', () => {
    const answered = { state: 'answered', answered_at: '2026-11-23T09:00:00Z' } as const
    const shown = lettersShown(
      [
        mark('waits'),
        mark('read', answered),
        mark('gone', { state: 'withdrawn' }),
        mark('old', { ...answered, answered_at: '2026-11-10T09:00:00Z' }),
        mark('news', { ...answered, answered_at: '2026-11-10T09:00:00Z', unread: true }),
      ],
      NOW,
    )
    expect(shown.map((one) => one.id)).toEqual(['news', 'waits', 'read'])
    const many = Array.from({ length: 9 }, (_, no) => mark(String(no), answered))
    expect(lettersShown(many, NOW)).toHaveLength(5)
  })
})

describe('the page of all letters', () => {
  const answered = { state: 'answered', answered_at: '2026-11-10T09:00:00Z' } as const
  const some = [
    mark('gone', { state: 'withdrawn' }),
    mark('old', answered),
    mark('news', { ...answered, unread: true }),
    mark('waits'),
  ]
  afterEach(() => {
    state.value = null
  })
  it('has the unread on top and the others as they changed', () => {
    expect(lettersInOrder(some).map((one) => one.id)).toEqual(['news', 'gone', 'old', 'waits'])
  })
  it('is led to from the start page where that does not show all', () => {
    state.value = { letters: some } as unknown as ApplicantState
    expect(moreLetters.value).toEqual({ to: '/letters', title: '全部留言 4', note: null })
    expect(allLetters.value.map((one) => one.note)).toContain('已撤回')
    state.value = { letters: some.slice(2, 3) } as unknown as ApplicantState
    expect(moreLetters.value).toBeNull()
  })
})

describe('the addresses', () => {
  it('carry a place and a number only where there are', () => {
    expect(writePath('P01')).toBe('/write/P01')
    expect(writePath('P01', { region: '411025000000', ticket: 'x' })).toBe(
      '/write/P01?r=411025000000&ticket=x',
    )
    expect(letterPath('x')).toBe('/letters/x')
  })
  it('take nothing else from a link', () => {
    const props = (name: string, query: Record<string, unknown>): unknown => {
      const found = routes.find((one) => one.name === name)
      const props = found?.props as unknown as (route: unknown) => unknown
      return props({ query, params: { item: 'P01' }, hash: '#secret' })
    }
    expect(props('enter', { item: 'P01', then: 'write' })).toEqual({ item: 'P01', then: 'write' })
    expect(props('enter', { item: 'P01', then: '//elsewhere' })).toEqual({ item: 'P01', then: 'number' })
    expect(props('write', { r: '4110', ticket: ['a', 'b'] })).toEqual({
      item: 'P01',
      place: null,
      ticketId: null,
    })
    const id = '5e0f2a8c-3d4b-4c6a-9b1e-2f7d8a9c0b11'
    expect(props('continue', { letter: id })).toEqual({ token: 'secret', letterId: id })
    for (const letter of [undefined, '', `${id}/x`, [id], '../outbox'])
      expect(props('continue', { letter })).toEqual({ token: 'secret', letterId: null })
  })
})
