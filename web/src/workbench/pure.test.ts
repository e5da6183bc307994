import { afterEach, describe, expect, it, vi } from 'vitest'
import { language } from '@/i18n'
import { ticket } from '../../shots/desk'
import { percent, rate } from './figures'
import { kindWord, materialsFor } from './guide'
import { nameOf, takesText } from './store/keys'
import { compose, outcomeName, phraseOf } from './store/wrap-up'
import { short, span } from './time'
import type { Why } from './types'
import { queueTag, whyYou } from './why'

afterEach(() => {
  language.value = 'zh'
})

describe('materials by the answers', () => {
  const keys = (answers: typeof ticket.answers): string[] =>
    materialsFor(ticket.guide, answers).map((one) => one.key)
  it('adds, skips and follows into further questions', () => {
    expect(keys(ticket.answers)).toEqual(['id_card', 'join_form', 'household'])
    expect(keys([{ ask: '您的户口在哪里？', say: '我是港澳台居民，有许昌的居住证' }])).toEqual([
      'join_form',
      'residence_permit',
    ])
    expect(
      keys([
        { ask: '您属于政府帮着交保费的困难群体吗？', say: '属于' },
        { ask: '是哪一类？', say: '重度残疾人' },
      ]),
    ).toContain('disability_cert')
  })
  it('needs only what everybody needs when nothing was answered', () => {
    expect(keys([])).toEqual(['id_card', 'join_form'])
  })
  it('says of what kind each is', () => {
    expect(materialsFor(ticket.guide, ticket.answers).map(kindWord)).toEqual([
      '原件',
      '一起填',
      '原件或复印件',
    ])
  })
})

describe('the summary', () => {
  const blanks = { who: '张桂兰', item: '居民养老参保', done: phraseOf('guided_online', 'zh') }
  it('is a sentence, then one’s own words', () => {
    expect(compose(blanks, 'none', ' 下周来拿证。 ', 'zh')).toBe(
      '帮张桂兰办理居民养老参保，已由本人在网上提交，下一步不用跟进。下周来拿证。',
    )
  })
  it('is only one’s own words while no outcome is chosen', () => {
    expect(compose({ ...blanks, done: '' }, 'none', '等一下', 'zh')).toBe('等一下')
  })
  it('names an outcome that it does not know by its code', () => {
    expect(outcomeName('dropped', 'zh')).toBe('断线')
    expect(outcomeName('new_one', 'zh')).toBe('new_one')
  })
})

describe('why you', () => {
  const why: Why = {
    rule: 'head_of_queue',
    candidates: 1,
    level: 3,
    waited_seconds: 250,
    bonus_seconds: 180,
    facts: [
      { code: 'only_free', params: { free: 1 } },
      { code: 'elderly', params: { seconds: 180 } },
    ],
  }
  it('tells who was free and what moved the ticket up, each once', () => {
    expect(whyYou(why, true, 'zh')).toEqual([
      '本席此刻就绪的只有您；这个事项您的水平是“熟练”',
      '等了 4 分 10 秒，老年人再提前 3 分钟',
    ])
  })
  it('calls a day of bonus the head of the queue, and says why', () => {
    const back = {
      ...why,
      candidates: 3,
      bonus_seconds: 86_400,
      facts: [{ code: 'missed_ring', params: {} }],
    }
    expect(whyYou(back, false, 'zh').slice(1)).toEqual([
      '等了 4 分 10 秒，排在队首',
      '上一次响铃没有人接，回到队首',
    ])
  })
  it('says who handed it on, and marks the queue row', () => {
    const facts = [{ code: 'handed_to_you', params: { name: '张艳丽', organisation: '魏都区政务服务中心' } }]
    expect(whyYou({ ...why, rule: 'transferred', bonus_seconds: 0, facts }, false, 'zh')).toEqual([
      '张艳丽点名转给您；这个事项您的水平是“熟练”',
      '等了 4 分 10 秒',
    ])
    const handed = [{ code: 'transferred', params: { seconds: 86_400 } }]
    expect(queueTag(handed, false, 'zh')?.word).toBe('转接 队首')
  })
  it('says for when a callback was agreed, in the time of the windows', () => {
    const facts = [{ code: 'callback', params: { at: '2026-11-24T06:40:00+00:00' } }]
    const said = whyYou({ ...why, bonus_seconds: 86_400, facts }, false, 'zh')
    expect(said[2]).toBe('约定回呼：约好 14:40，位置一直留着')
    expect(queueTag(facts, false, 'zh')?.word).toBe('回呼 队首')
  })
  it('says that one calls back oneself, before the time', () => {
    const facts = [{ code: 'callback', params: { at: '2026-11-24T06:40:00+00:00' } }]
    expect(whyYou({ ...why, rule: 'callback_early', bonus_seconds: 0, facts }, false, 'zh')).toEqual([
      '约在 14:40，您提前回呼；这个事项您的水平是“熟练”',
      '等了 4 分 10 秒',
    ])
  })
  it('marks a queue row only when something put it there', () => {
    expect(queueTag([], false, 'zh')).toBeNull()
    expect(queueTag([{ code: 'elderly', params: {} }], true, 'zh')).toEqual({
      word: '老年 提前',
      warn: false,
    })
    expect(queueTag([{ code: 'dropped_call', params: {} }], false, 'zh')?.warn).toBe(true)
  })
})

describe('figures and times', () => {
  it('shows no share of too few', () => {
    expect(rate(4, 4, 5)).toBe('—')
    expect(rate(48, 49, 5)).toBe('98%')
    expect(rate(0, 0)).toBe('—')
    expect(percent(21, 23)).toBe('91.3')
  })
  it('says lengths as people do', () => {
    expect([span(31), span(120), span(250)]).toEqual(['31 秒', '2 分钟', '4 分 10 秒'])
    language.value = 'en'
    expect([span(31), span(245)]).toEqual(['31 s', '4 min 05 s'])
    expect(short(171)).toBe('2:51')
  })
})

describe('keys', () => {
  const event = (key: string, more = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...more })
  it('are named alike on every keyboard', () => {
    expect(nameOf(event('M'))).toBe('m')
    expect(nameOf(event('e', { ctrlKey: true }))).toBe('ctrl+e')
    expect(nameOf(event('Enter', { metaKey: true }))).toBe('ctrl+enter')
  })
  it('know where letters are typed', () => {
    const input = (type: string): HTMLInputElement => Object.assign(document.createElement('input'), { type })
    expect(takesText(input('text'))).toBe(true)
    expect(takesText(document.createElement('textarea'))).toBe(true)
    expect(takesText(input('radio'))).toBe(false)
    expect(takesText(document.createElement('button'))).toBe(false)
    expect(takesText(null)).toBe(false)
  })
})

describe('the clock', () => {
  it('counts against the server’s time', async () => {
    vi.useFakeTimers()
    const clock = await import('./store/clock')
    clock.setServerTime('2026-11-24T06:15:00Z')
    expect(clock.secondsUntil('2026-11-24T06:15:20Z')).toBe(20)
    clock.startClock()
    await vi.advanceTimersByTimeAsync(5000)
    expect(clock.secondsUntil('2026-11-24T06:15:20Z')).toBe(15)
    expect(clock.secondsSince('2026-11-24T06:14:55Z')).toBe(10)
    vi.useRealTimers()
  })
})
