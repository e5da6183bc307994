/** The one thing of this person that goes on now, and where to go on with it: a call, a place in the queue, a rating. */
import { computed } from 'vue'
import { messages, t } from '@/i18n'
import { clock, longDate } from '@/i18n/format'
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
})

export interface Mine {
  to: string
  title: string
  note: string
}

export const mine = computed<Mine | null>(() => {
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
