/** Why this person rings at this clerk, in sentences; the server gives figures and codes. */
import { messages, say, t, type Language, type Message } from '@/i18n'
import { clock } from '@/i18n/format'
import { span } from './time'
import type { Fact, Why } from './types'
import { levelWord } from './words'

const words = messages({
  onlyYou: {
    zh: '本席此刻就绪的只有您；这个事项您的水平是“{level}”',
    en: 'Only you are free at this desk; your level in this item is “{level}”',
  },
  chosen: {
    zh: '本席此刻就绪的有 {n} 位，您空闲得最久；这个事项您的水平是“{level}”',
    en: '{n} people are free at this desk and you have been free the longest; your level in this item is “{level}”',
  },
  waited: { zh: '等了 {time}', en: 'Waited {time}' },
  waitedBonus: { zh: '等了 {time}，另外提前 {bonus}', en: 'Waited {time}, moved up by {bonus}' },
  waitedElder: {
    zh: '等了 {time}，老年人再提前 {bonus}',
    en: 'Waited {time}, and as an elderly person moved up by {bonus}',
  },
  expertOfDesk: {
    zh: '您是{desk}的专家，水平是“{level}”，此刻空闲的专家有 {n} 位',
    en: 'You are an expert of {desk}, level “{level}”; {n} experts are free now',
  },
  servesItem: {
    zh: '您在{desk}办这个事项，水平是“{level}”',
    en: 'You handle this item at {desk}, level “{level}”',
  },
  handedToYou: {
    zh: '{name}点名转给您；这个事项您的水平是“{level}”',
    en: '{name} handed it to you; your level in this item is “{level}”',
  },
  calledEarly: {
    zh: '约在 {at}，您提前回呼；这个事项您的水平是“{level}”',
    en: 'Agreed for {at}, and you call early; your level in this item is “{level}”',
  },
  waitedHead: { zh: '等了 {time}，排在队首', en: 'Waited {time}, at the head of the queue' },
})

/** Codes of facts that have a sentence of their own; what is not here is already said by the figures. */
const facts: Record<string, Message> = messages({
  missed_ring: { zh: '上一次响铃没有人接，回到队首', en: 'The last ring was missed, so it comes first' },
  dropped_call: { zh: '上一次通话断线，回来先接', en: 'The last call dropped, so it comes first' },
  clerk_lost: { zh: '上一位同事断线了，转来先接', en: 'The colleague’s line was lost, so it comes first' },
  postponed: {
    zh: '刚才请大家等一下，现在回到队首',
    en: 'The person asked to wait a moment, and is first now',
  },
  callback: { zh: '约定回呼：约好 {at}，位置一直留着', en: 'Callback agreed for {at}; the place was kept' },
  callback_now: {
    zh: '约定回呼：对方提前回来，现在就办',
    en: 'Callback agreed, but the person came back earlier',
  },
  transferred: { zh: '同事转来的，先接', en: 'Handed on by a colleague, so it comes first' },
  declined: { zh: '上一位同事没有接，转给下一位', en: 'A colleague declined, so it goes to the next' },
})

/** A day of bonus is “the head of the queue” and is said so. */
const HEAD_SECONDS = 86_400

export function whyYou(why: Why, elderly: boolean, language: Language): string[] {
  if (why.rule === 'invited') return [whyInvited(why)]
  const level = levelWord(why.level)
  if (why.rule === 'transferred') return [handedToYou(why, level), waited(why, elderly)]
  if (why.rule === 'callback_early') return [calledEarly(why, level), waited(why, elderly)]
  const first =
    why.candidates <= 1 ? t(words.onlyYou, { level }) : t(words.chosen, { level, n: why.candidates })
  const more = why.facts.map((fact) => factSentence(fact, language)).filter((one) => one !== null)
  return [first, waited(why, elderly), ...more]
}

function handedToYou(why: Why, level: string): string {
  const by = why.facts.find(({ code }) => code === 'handed_to_you')?.params ?? {}
  return t(words.handedToYou, { name: String(by['name'] ?? ''), level })
}

function calledEarly(why: Why, level: string): string {
  const at = why.facts.find(({ code }) => code === 'callback')?.params['at']
  return t(words.calledEarly, { at: clock(String(at)), level })
}

function whyInvited(why: Why): string {
  const level = levelWord(why.level)
  const fact = why.facts.find(({ code }) => code === 'expert_of_desk' || code === 'serves_item')
  const desk = String(fact?.params['desk'] ?? '')
  if (fact?.code === 'serves_item') return t(words.servesItem, { desk, level })
  return t(words.expertOfDesk, { desk, level, n: why.candidates })
}

function waited(why: Why, elderly: boolean): string {
  const time = span(why.waited_seconds)
  if (why.bonus_seconds >= HEAD_SECONDS) return t(words.waitedHead, { time })
  if (why.bonus_seconds <= 0) return t(words.waited, { time })
  const bonus = span(why.bonus_seconds)
  return elderly ? t(words.waitedElder, { time, bonus }) : t(words.waitedBonus, { time, bonus })
}

function factSentence(fact: Fact, language: Language): string | null {
  const known = facts[fact.code]
  const at = fact.params['at']
  return known === undefined ? null : say(language, known, typeof at === 'string' ? { at: clock(at) } : {})
}

const tags: Record<string, Message> = messages({
  elderly: { zh: '老年 提前', en: 'Elderly, moved up' },
  missed_ring: { zh: '没接到 队首', en: 'Missed, first' },
  dropped_call: { zh: '断线 队首', en: 'Dropped, first' },
  clerk_lost: { zh: '断线 队首', en: 'Dropped, first' },
  callback: { zh: '回呼 队首', en: 'Callback, first' },
  callback_now: { zh: '回呼 队首', en: 'Callback, first' },
  postponed: { zh: '请等 队首', en: 'Asked to wait, first' },
  transferred: { zh: '转接 队首', en: 'Handed on, first' },
  declined: { zh: '转来 队首', en: 'Passed on, first' },
})

/** The tag of a queue row: why it stands where it stands. Null when only its time put it there. */
export function queueTag(
  why: readonly Fact[],
  elderly: boolean,
  language: Language,
): { word: string; warn: boolean } | null {
  const fact = why.find((one) => tags[one.code] !== undefined)
  if (fact !== undefined)
    return {
      word: say(language, tags[fact.code] as Message),
      warn: fact.code !== 'elderly',
    }
  return elderly ? { word: say(language, tags['elderly'] as Message), warn: false } : null
}
