/**
 * Every route of the applicant's pages with the states it can be in, as pictures are taken of them and as each is checked.
 * Only for tests and pictures: the product does not load this.
 */
import { consentText, desk, guide, preparedP01 } from '../../shots/guide'
import {
  account,
  call,
  clerk,
  CALL,
  deployment,
  items,
  longNamed,
  MY_SEAT,
  ratingOptions,
  regions,
  SESSION,
  session,
  state,
  ticket,
  TICKET,
  XIANGCHENG,
} from '../../shots/place'
import { ok, problem, type Answer, type Shot } from '../../shots/types'
import type { Account, ApplicantState, Availability, SessionView, TicketView } from '@/api/types'

const region = { 'cw:region': XIANGCHENG }
const answered = { ...region, 'cw:item:P01': preparedP01 }

const public_: Record<string, Answer> = {
  'GET /api/deployment': ok(deployment),
  'GET /api/regions': ok(regions),
  'GET /api/items': ok(items),
  ...Object.fromEntries(
    items.map((one) => [
      `GET /api/items/${one.key}`,
      ok({ ...guide, key: one.key, name: one.name, short_name: one.short_name, plain: one.plain }),
    ]),
  ),
  'GET /api/consent-text': ok(consentText),
  'GET /api/rating-options': ok(ratingOptions),
}
const stranger = { ...public_, 'GET /api/applicant/me': ok({ account: null, csrf: null }) }
const known = (document: Partial<ApplicantState> = {}, who: Account = account): Record<string, Answer> => ({
  ...public_,
  'GET /api/applicant/me': ok({ account: who, csrf: 'token' }),
  'GET /api/applicant/state': ok(state(document)),
})
const withDesk = (coach: Partial<Availability>): Record<string, Answer> => ({
  ...stranger,
  'GET /api/items/P01': ok({ ...guide, coach: { ...desk, ...coach } }),
})

const waiting = (
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
      ...view,
    }),
  }
}

/** The applicant in a call, or after it. */
const inCall = (
  calls: Parameters<typeof call>[0],
  sessions: Parameters<typeof session>[0] = {},
  tickets: Parameters<typeof ticket>[0] = {},
): Record<string, Answer> => {
  const one = ticket({ state: 'serving', session_id: SESSION, ...tickets })
  const going = call(calls)
  return {
    ...known({ ticket: one, session: session(sessions), call: going }),
    [`GET /api/tickets/${TICKET}`]: ok({ ticket: one, place: null, clerk }),
    [`POST /api/calls/${CALL}/join`]: ok({
      call: going,
      participant_id: MY_SEAT,
      attempt: 1,
      polite: true,
      ice_servers: [],
      transport: 'p2p',
    }),
  }
}
const ended = { state: 'wrapping', ended_at: '2026-11-24T06:15:00Z' } as const

const done = (more: Partial<SessionView> = {}): Record<string, Answer> => ({
  ...known(),
  [`GET /api/sessions/${SESSION}`]: ok({
    session: session({ ...ended, state: 'closed', outcome: 'guided_online', end_reason: 'clerk' }),
    item_name: '城乡居民养老保险参保登记',
    summary: '李敏陪您在网上填好了参保登记表，您自己点了提交。',
    next_step: 'none',
    outcome: {
      code: 'guided_online',
      name: { zh: '在网上办成了', en: 'Done online with help' },
      solved: true,
    },
    clerk,
    ticket_number: '云A012',
    complaint_phone: '0374-0000102',
    rating: { session_id: SESSION, state: 'asked', level: null, expires_at: '2026-12-24T06:15:00Z' },
    ...more,
  }),
})
const rated = (stateOf: 'given' | 'expired') => ({
  rating: { session_id: SESSION, state: stateOf, level: null, expires_at: '2026-12-24T06:15:00Z' } as const,
})

export const states: Shot[] = [
  { route: 'home', state: 'region', path: '/', answers: stranger },
  { route: 'home', state: 'start', path: '/', answers: stranger, stored: { lasting: region } },
  {
    route: 'home',
    state: 'mine',
    path: '/',
    answers: known({ ticket: ticket() }),
    stored: { lasting: region },
    until: '#mine',
  },
  {
    route: 'home',
    state: 'long-name',
    path: '/',
    answers: known({ ticket: ticket() }, longNamed),
    stored: { lasting: region },
    until: '#mine',
  },
  {
    route: 'home',
    state: 'loading',
    path: '/',
    answers: { ...stranger, 'GET /api/items': 'never' },
    stored: { lasting: region },
    until: '.presence:has-text("正在看"), .presence:has-text("slow")',
  },
  {
    route: 'home',
    state: 'found',
    path: '/?q=养老保险',
    answers: stranger,
    stored: { lasting: region },
    until: '.row-title',
  },
  {
    route: 'home',
    state: 'not-found',
    path: '/?q=拖拉机年检',
    answers: { ...stranger, 'GET /api/items?q=拖拉机年检': ok([]) },
    stored: { lasting: region },
    until: '.tiles',
  },
  {
    route: 'home',
    state: 'offline',
    path: '/',
    answers: { ...stranger, 'GET /api/regions': 'offline', 'GET /api/applicant/me': 'offline' },
    offline: true,
    until: '.steps',
  },
  {
    route: 'home',
    state: 'unreachable',
    path: '/',
    answers: { ...stranger, 'GET /api/regions': problem('internal', 500, { reference: 'x' }) },
    until: '.blank',
  },
  { route: 'guide', state: 'start', path: '/items/P01', answers: stranger, stored: { lasting: region } },
  { route: 'guide', state: 'region', path: '/items/P01', answers: stranger },
  { route: 'guide', state: 'answered', path: '/items/P01', answers: stranger, stored: { lasting: answered } },
  {
    route: 'guide',
    state: 'nested',
    path: '/items/P01',
    answers: stranger,
    stored: { lasting: { ...region, 'cw:item:P01': JSON.stringify({ answers: { s1: 's1a', s2: 's2b' } }) } },
  },
  {
    route: 'guide',
    state: 'loading',
    path: '/items/P01',
    answers: { ...stranger, 'GET /api/items/P01': 'never' },
    stored: { lasting: region },
  },
  {
    route: 'guide',
    state: 'closed',
    path: '/items/P01',
    answers: withDesk({
      open: false,
      opens_at: '2026-11-25T00:30:00Z',
      present: 0,
      waiting: 0,
      estimate_minutes: null,
    }),
    stored: { lasting: answered },
  },
  {
    route: 'guide',
    state: 'nobody',
    path: '/items/P01',
    answers: withDesk({ present: 0, waiting: 0, estimate_minutes: null }),
    stored: { lasting: answered },
  },
  {
    route: 'guide',
    state: 'not-offered',
    path: '/items/P01',
    answers: withDesk({ offered: false, open: false, present: 0, desk_id: null, desk_name: null }),
    stored: { lasting: answered },
  },
  {
    route: 'guide',
    state: 'unknown',
    path: '/items/P99',
    answers: { ...stranger, 'GET /api/items/P99': problem('not_found', 404) },
    stored: { lasting: region },
    until: '.blank',
  },
  { route: 'enter', state: 'start', path: '/enter?item=P01', answers: stranger, stored: { lasting: region } },
  {
    route: 'enter',
    state: 'wrong',
    path: '/enter?item=P01',
    answers: stranger,
    stored: { lasting: region },
    steps: [{ fill: 'input[name=phone]', text: '1990000' }, { press: 'button[type=submit]' }],
    until: '[aria-invalid=true]',
  },
  {
    route: 'consent',
    state: 'start',
    path: '/consent?item=P01',
    answers: known(),
    stored: { lasting: region },
    until: 'dl',
  },
  {
    route: 'consent',
    state: 'ticked',
    path: '/consent?item=P01',
    answers: known(),
    stored: { lasting: region },
    steps: [{ see: 'dl' }, { press: 'input[type=checkbox]' }],
  },
  {
    route: 'consent',
    state: 'refused',
    path: '/consent?item=P01',
    answers: { ...known(), 'POST /api/tickets': problem('desk_closed', 409) },
    stored: { lasting: answered },
    steps: [{ see: 'dl' }, { press: 'input[type=checkbox]' }, { press: '.dock .button' }],
    until: '.notice.bad',
  },
  {
    route: 'waiting',
    state: 'queue',
    path: `/waiting/${TICKET}`,
    answers: waiting(),
    stored: { lasting: answered },
    until: '.materials',
  },
  {
    route: 'waiting',
    state: 'long-name',
    path: `/waiting/${TICKET}`,
    answers: waiting({ place: { ahead: 7, estimate_minutes: [20, 25], present: 2 } }, {}, longNamed),
    stored: { lasting: answered },
    until: '.materials',
  },
  {
    route: 'waiting',
    state: 'next',
    path: `/waiting/${TICKET}`,
    answers: waiting({ place: { ahead: 0, estimate_minutes: null, present: 0 } }),
    stored: { lasting: answered },
    until: '.materials',
  },
  {
    route: 'waiting',
    state: 'ringing',
    path: `/waiting/${TICKET}`,
    answers: waiting({ place: null }, { state: 'ringing' }),
    stored: { lasting: answered },
    devices: 'ok',
    until: '.preview, .materials',
  },
  {
    route: 'waiting',
    state: 'parked',
    path: `/waiting/${TICKET}`,
    answers: waiting({ place: null }, { state: 'parked', parked_until: '2026-11-24T06:16:00Z' }),
    stored: { lasting: answered },
    until: '.materials',
  },
  {
    route: 'waiting',
    state: 'devices',
    path: `/waiting/${TICKET}`,
    answers: waiting(),
    stored: { lasting: answered },
    devices: 'ok',
    steps: [{ press: 'section[aria-labelledby=try] button' }],
    until: '.preview',
  },
  {
    route: 'waiting',
    state: 'devices-denied',
    path: `/waiting/${TICKET}`,
    answers: waiting(),
    stored: { lasting: answered },
    devices: 'denied',
    steps: [{ press: 'section[aria-labelledby=try] button' }],
    until: '.steps',
  },
  {
    route: 'waiting',
    state: 'leave',
    path: `/waiting/${TICKET}`,
    answers: waiting(),
    stored: { lasting: answered },
    steps: [{ see: '.materials' }, { press: 'section[aria-labelledby=no-wait] button' }],
    until: '.modal',
  },
  {
    route: 'waiting',
    state: 'left',
    path: `/waiting/${TICKET}`,
    answers: waiting({ place: null }, { state: 'closed', close_reason: 'left' }),
    stored: { lasting: answered },
  },
  {
    route: 'waiting',
    state: 'closed-by-hours',
    path: `/waiting/${TICKET}`,
    answers: waiting({ place: null }, { state: 'closed', close_reason: 'closed_by_hours' }),
    stored: { lasting: answered },
  },
  {
    route: 'waiting',
    state: 'expired-link',
    path: `/waiting/${TICKET}`,
    answers: stranger,
    until: '.blank',
  },
  {
    route: 'call',
    state: 'connecting',
    path: `/call/${TICKET}`,
    answers: inCall({}),
    devices: 'ok',
    until: '.self video',
  },
  {
    route: 'call',
    state: 'talking',
    path: `/call/${TICKET}`,
    answers: inCall({}),
    devices: 'ok',
    peer: true,
    until: '.plate',
  },
  {
    route: 'call',
    state: 'hang-up',
    path: `/call/${TICKET}`,
    answers: inCall({}),
    devices: 'ok',
    peer: true,
    steps: [{ see: '.plate' }, { press: '.control.end' }],
    until: '.modal',
  },
  {
    route: 'call',
    state: 'device-denied',
    path: `/call/${TICKET}`,
    answers: inCall({}),
    devices: 'denied',
    until: '.modal',
  },
  {
    route: 'call',
    state: 'reconnecting',
    path: `/call/${TICKET}`,
    answers: inCall({ state: 'interrupted', grace_until: '2026-11-24T06:16:48Z' }),
    devices: 'ok',
    until: '.clock',
  },
  {
    route: 'call',
    state: 'elsewhere',
    path: `/call/${TICKET}`,
    answers: inCall({
      state: 'connected',
      participants: [
        { id: 'c', side: 'clerk', attempt: 1 },
        { id: MY_SEAT, side: 'applicant', attempt: 1 },
      ],
    }),
    devices: 'ok',
    until: '.blank',
  },
  {
    route: 'call',
    state: 'ended',
    path: `/call/${TICKET}`,
    answers: inCall(
      { state: 'ended', ended_reason: 'clerk' },
      { ...ended, end_reason: 'clerk' },
      { state: 'closed', close_reason: 'served' },
    ),
    until: '.blank',
  },
  {
    route: 'call',
    state: 'dropped',
    path: `/call/${TICKET}`,
    answers: inCall(
      { state: 'ended', ended_reason: 'dropped' },
      { ...ended, end_reason: 'dropped' },
      { state: 'waiting' },
    ),
    until: '.blank',
  },
  {
    route: 'rate',
    state: 'start',
    path: `/rate/${SESSION}`,
    answers: done(),
    until: '.levels .choice',
  },
  {
    route: 'rate',
    state: 'good',
    path: `/rate/${SESSION}`,
    answers: done(),
    steps: [{ press: '.levels .choice:nth-child(1)' }],
    until: '.chip',
  },
  {
    route: 'rate',
    state: 'bad',
    path: `/rate/${SESSION}`,
    answers: done(),
    steps: [{ press: '.levels .choice:nth-child(4)' }],
    until: '.chip',
  },
  { route: 'rate', state: 'given', path: `/rate/${SESSION}`, answers: done(rated('given')), until: '.blank' },
  {
    route: 'rate',
    state: 'expired',
    path: `/rate/${SESSION}`,
    answers: done(rated('expired')),
    until: '.blank',
  },
  { route: 'done', state: 'solved', path: `/done/${SESSION}`, answers: done(), until: '.terms' },
  { route: 'done', state: 'rated', path: `/done/${SESSION}`, answers: done(rated('given')), until: '.terms' },
  {
    route: 'done',
    state: 'writing',
    path: `/done/${SESSION}`,
    answers: done({
      session: session({ ...ended, end_reason: 'clerk' }),
      outcome: null,
      summary: null,
      rating: null,
    }),
    until: '.terms',
  },
  {
    route: 'done',
    state: 'foreign',
    path: `/done/${SESSION}`,
    answers: { ...known(), [`GET /api/sessions/${SESSION}`]: problem('not_found', 404) },
    until: '.blank',
  },
  { route: 'not-found', state: 'start', path: '/no/such/page', answers: stranger },
]
