/** What of this person goes on now, and where to go on with it: first a call, a place in the queue or a rating, then letters. */
import { computed } from 'vue'
import { messages, t } from '@/i18n'
import { clock, dayAndClock, longDate } from '@/i18n/format'
import type { LetterMark } from '@/api/types'
import { letterPath, lettersPath } from '../letters/paths'
import { isLate, stateOf } from '../letters/words'
import { passingNow } from './deployment'
import { state } from './person'

const words = messages({
  call: { zh: '通话还在，回到通话', en: 'Your call is going on, return to it' },
  callNote: { zh: '号码 {number}', en: 'Number {number}' },
  queue: { zh: '您在排队：{number}', en: 'You are in the queue: {number}' },
  queueNote: { zh: '号码给您留着', en: 'Your place is kept' },
  callback: { zh: '约好 {time} 给您回呼', en: 'We call you back at {time}' },
  callbackNote: { zh: '号码 {number} 给您留着', en: 'Number {number} is kept' },
  rate: { zh: '评价上次帮办', en: 'Rate your last service' },
  rateNote: { zh: '{day}前可以评', en: 'Until {day}' },
  letter: { zh: '留言：{item}', en: 'Your message: {item}' },
  answered: { zh: '{time} 答复了', en: 'Answered {time}' },
  letters: { zh: '全部留言 {n}', en: 'All messages, {n}' },
  news: { zh: '有答复了，点开看', en: 'Answered, open it to read' },
})

export interface Mine {
  to: string
  title: string
  note: string | null
  /** It is news, or something went wrong with it; said with an icon beside the word. */
  tone?: 'ok' | 'warn'
}

/** Rows for letters, so that the start page stays short. */
const SHOWN = 5
/** An answer that was read stays on the start page for so long. */
const READ_DAYS = 7

/** Those to be shown: with an answer that was not opened, those that wait, those that were answered lately. */
export function lettersShown(letters: readonly LetterMark[], now: number): LetterMark[] {
  const lately = now - READ_DAYS * 86_400_000
  const read = letters.filter((one) => one.state === 'answered' && !one.unread)
  return [
    ...letters.filter((one) => one.unread),
    ...letters.filter((one) => one.state === 'waiting'),
    ...read.filter((one) => one.answered_at !== null && Date.parse(one.answered_at) > lately),
  ].slice(0, SHOWN)
}

/** The letter whose answer came last and was not opened. */
export const unreadLetter = computed(() => state.value?.letters.find((one) => one.unread) ?? null)

/** All, with those on top that have an answer which was not opened; else as they come, the last that changed first. */
export const lettersInOrder = (letters: readonly LetterMark[]): LetterMark[] => [
  ...letters.filter((one) => one.unread),
  ...letters.filter((one) => !one.unread),
]

const letterRow = (one: LetterMark): Mine => ({
  to: letterPath(one.id),
  title: t(words.letter, { item: one.item_short_name }),
  note: one.unread ? t(words.news) : stateOf(one),
  ...(one.unread ? { tone: 'ok' } : isLate(one) && { tone: 'warn' }),
})
/** Among others about the same it is told apart by when it was answered. */
const listRow = (one: LetterMark): Mine => {
  const row = { ...letterRow(one), title: one.item_short_name }
  if (one.unread || one.state !== 'answered' || one.answered_at === null) return row
  return { ...row, note: t(words.answered, { time: dayAndClock(one.answered_at, new Date(passingNow())) }) }
}

const letters = computed<Mine[]>(() => lettersShown(state.value?.letters ?? [], passingNow()).map(letterRow))
/** Rows of all letters, for their own page. */
export const allLetters = computed<Mine[]>(() => lettersInOrder(state.value?.letters ?? []).map(listRow))
/** The row that leads there from a page which does not show all. */
export const moreLetters = computed<Mine | null>(() => {
  const n = state.value?.letters.length ?? 0
  return n > letters.value.length ? { to: lettersPath, title: t(words.letters, { n }), note: null } : null
})

/** All rows, what goes on now first. */
export const allMine = computed<Mine[]>(() => [...(current.value ? [current.value] : []), ...letters.value])
/** What comes first of all. */
export const mine = computed<Mine | null>(() => allMine.value[0] ?? null)

const current = computed<Mine | null>(() => {
  const { ticket, call, rating } = state.value ?? {}
  if (ticket && ticket.state !== 'closed') {
    if (ticket.state === 'parked' && ticket.callback_at !== null)
      return {
        to: `/waiting/${ticket.id}`,
        title: t(words.callback, { time: clock(ticket.callback_at) }),
        note: t(words.callbackNote, { number: ticket.number }),
      }
    const talking = ticket.state === 'serving' && call && call.state !== 'ended'
    return talking
      ? { to: `/call/${ticket.id}`, title: t(words.call), note: t(words.callNote, { number: ticket.number }) }
      : {
          to: `/waiting/${ticket.id}`,
          title: t(words.queue, { number: ticket.number }),
          note: t(words.queueNote),
        }
  }
  if (rating?.state !== 'asked') return null
  return {
    to: `/rate/${rating.session_id}`,
    title: t(words.rate),
    note: t(words.rateNote, { day: longDate(rating.expires_at) }),
  }
})
