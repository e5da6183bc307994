/** What the server answers in the states of the applicant's pages, put together from the invented place. */
import { consentText, desk, guide, preparedP01 } from './guide'
import { letterTerms } from './letters'
import {
  account,
  call,
  clerk,
  CALL,
  deployment,
  items,
  MY_SEAT,
  ratingOptions,
  regions,
  SESSION,
  session,
  state,
  ticket,
  TICKET,
  XIANGCHENG,
} from './place'
import { ok, type Answer } from './types'
import type { Account, ApplicantState, Availability, SessionView, TicketView } from '@/api/types'

export const region = { 'cw:region': XIANGCHENG }
export const answered = { ...region, 'cw:item:P01': preparedP01 }

export const public_: Record<string, Answer> = {
  'GET /api/deployment': ok(deployment),
  'GET /api/line-check': ok({}),
  'GET /api/regions': ok(regions),
  'GET /api/items': ok(items),
  'GET /api/items/P01': ok(guide),
  'GET /api/duty': ok({ on_duty: true, estimate_minutes: [4, 4] }),
  'GET /api/consent-text': ok(consentText),
  'GET /api/rating-options': ok(ratingOptions),
  'GET /api/items/P01/letter-terms': ok(letterTerms),
}
export const stranger = {
  ...public_,
  'GET /api/applicant/me': ok({ account: null, csrf: null, moved: false }),
}
export const known = (
  document: Partial<ApplicantState> = {},
  who: Account = account,
): Record<string, Answer> => ({
  ...public_,
  'GET /api/applicant/me': ok({ account: who, csrf: 'token', moved: false }),
  'GET /api/applicant/state': ok(state(document)),
})
export const withDesk = (coach: Partial<Availability>): Record<string, Answer> => ({
  ...stranger,
  'GET /api/items/P01': ok({ ...guide, coach: { ...desk, ...coach } }),
})

export const waiting = (
  view: Partial<TicketView> = {},
  changes: Parameters<typeof ticket>[0] = {},
  who: Account = account,
): Record<string, Answer> => {
  const one = ticket(changes)
  return {
    ...known({ ticket: one }, who),
    [`GET /api/tickets/${TICKET}`]: ok({
      ticket: one,
      place: { ahead: 2, estimate_minutes: [4, 4], present: 2 },
      clerk: null,
      desk_name: '襄城养老社保专席',
      recall: 'on',
      ...view,
    }),
  }
}

const matter = (id: string, item_key: string, item_name: string) => ({
  id,
  item_key,
  item_name,
  implementation_id: `implementation-${item_key}`,
  version_id: item_key === 'P01' ? guide.version_id : `version-${item_key}`,
})
export const FURTHER = 'b2b0c9f4-0000-7000-8000-000000000018'
export const twoMatters = [
  matter(TICKET, 'P01', '城乡居民养老保险参保登记'),
  matter(FURTHER, 'P18', '居民身份证补领'),
]

/** The applicant in a call, or after it. */
export const inCall = (
  calls: Parameters<typeof call>[0],
  sessions: Parameters<typeof session>[0] = {},
  tickets: Parameters<typeof ticket>[0] = {},
  chat: ApplicantState['chat'] = null,
  matters: ApplicantState['matters'] = twoMatters.slice(0, 1),
): Record<string, Answer> => {
  const one = ticket({ state: 'serving', session_id: SESSION, ...tickets })
  const going = call(calls)
  return {
    ...known({ ticket: one, session: session(sessions), call: going, chat, matters }),
    [`GET /api/tickets/${TICKET}`]: ok({
      ticket: one,
      place: null,
      clerk,
      desk_name: '襄城养老社保专席',
      recall: 'on',
    }),
    [`POST /api/calls/${CALL}/join`]: ok({
      call: going,
      participant_id: MY_SEAT,
      attempt: 1,
      ice_servers: [],
      relay_only: false,
      transport: 'p2p',
    }),
  }
}
export const ended = { state: 'wrapping', ended_at: '2026-11-24T06:15:00Z' } as const

export const done = (more: Partial<SessionView> = {}): Record<string, Answer> => ({
  ...known(),
  [`GET /api/sessions/${SESSION}`]: ok({
    session: session({ ...ended, state: 'closed', outcome: 'guided_online', end_reason: 'clerk' }),
    item_name: '城乡居民养老保险参保登记',
    summary: '李敏陪您在网上填好了参保登记表，您自己点了提交。',
    next_step: 'none',
    consult_phone: '0374-0000101',
    item_key: 'P01',
    region_code: XIANGCHENG,
    clerk,
    ticket_number: '云A012',
    complaint_phone: '0374-0000102',
    rating: { session_id: SESSION, state: 'asked', level: null, expires_at: '2026-12-24T06:15:00Z' },
    further: [],
    ...more,
  }),
})
export const rated = (stateOf: 'given' | 'expired') => ({
  rating: { session_id: SESSION, state: stateOf, level: null, expires_at: '2026-12-24T06:15:00Z' } as const,
})
