/** Every route of the workbench with the states it can be in, as pictures are taken of them and as each is checked. */
import { twoMatters } from '../../shots/answers'
import { chatAnswers, chatOf, talked } from '../../shots/chat'
import * as desk from '../../shots/desk'
import { SESSION, TICKET } from '../../shots/place'
import * as those from '../../shots/watch'
import { ok, problem, type Shot, type Step } from '../../shots/types'
import { everywhere, matterAnswers, press, shot, signedIn, ticketServed, typedTicket } from './states/common'
import { breaks } from './states/breaks'
import { messages } from './states/messages'
import { watch } from './states/watch'
import { signIn } from './states/sign-in'
import { invited } from './states/invited'
import { talk } from './states/talk'

const bindDialog: Step[] = [{ press: '.state' }, { press: '.menu [role="menuitem"]' }]
const bindPassword: Step[] = [
  ...bindDialog,
  { fill: '#bind-password', text: 'abcd-efgh-2345' },
  { press: '.dialog .primary' },
]
const bindAnswers = {
  'POST /api/staff/second-factor': ok(desk.enrolment),
  'POST /api/staff/second-factor/confirm': ok(desk.recovery),
}
const ringing = desk.state({
  presence: desk.presence({ work: 'ringing', work_since: desk.at(-5) }),
  offer: desk.offer,
})
const typedQueue = {
  'GET /api/workbench/queue': ok(
    desk.queue.map((row, index) => ({ ...row, typed_only: index === 0 || index === 3 })),
  ),
}
const MATTERS = `GET /api/sessions/${SESSION}/matters`
const ringAnswers = { 'GET /api/workbench/queue': ok(desk.queue) }
const wrapping = desk.state({
  presence: desk.presence({ work: 'wrapping', work_since: desk.at(-19) }),
  session: desk.session({
    state: 'wrapping',
    started_at: desk.at(-563),
    ended_at: desk.at(-19),
    end_reason: 'applicant',
    wrap_until: desk.at(161),
  }),
})
const late = {
  [`GET /api/sessions/${desk.LATE_SESSION}/matters`]: ok(twoMatters.slice(0, 1)),
  'GET /api/workbench/tickets/t0': ok({ ...desk.ticket, ticket_id: 't0', form_of_address: '马桂枝' }),
}

export const states: Shot[] = [
  ...signIn,
  shot('ready', signedIn(desk.state(), { 'GET /api/workbench/queue': ok([]) })),
  shot(
    'loading',
    signedIn(desk.state(), { 'GET /api/workbench/queue': 'never', 'GET /api/workbench/today': 'never' }),
  ),
  shot(
    'off',
    signedIn(desk.state({ presence: desk.presence({ wanted: 'off', since: desk.at(-60) }) }), {
      'GET /api/workbench/today': ok(desk.noToday),
    }),
  ),
  shot('callbacks', signedIn(desk.state()), { until: '.rows .button' }),
  shot(
    'callbacks-unfinished',
    signedIn(desk.state({ unfinished: desk.unfinished, presence: desk.presence({ wanted: 'off' }) })),
    { until: '.rows .button' },
  ),
  shot(
    'callback-refused',
    signedIn(desk.state(), {
      'POST /api/workbench/tickets/t6/callback/now': problem('nobody_to_hear', 409),
    }),
    { steps: [{ see: '.rows .button' }, { press: '.rows .button' }], until: '.call-banner' },
  ),
  shot('menu', signedIn(desk.state()), { steps: press('.state'), until: '.menu' }),
  shot('bind-password', signedIn(desk.state()), { steps: bindDialog, until: '#bind-password' }),
  shot('bind', signedIn(desk.state(), bindAnswers), { steps: bindPassword, until: '.bind img' }),
  shot('bound', signedIn(desk.state(), bindAnswers), {
    steps: [...bindPassword, { fill: '#first-code', text: '123456' }, { press: '.bind .primary' }],
    until: '.recovery',
  }),
  shot(
    'menu-bound',
    signedIn(desk.state(), { 'GET /api/staff/me': ok({ staff: desk.withFactor, csrf: 'token' }) }),
    {
      steps: press('.state'),
      until: '.menu',
    },
  ),
  shot('ringer', signedIn(desk.state()), { steps: press('.topbar .push'), until: '.popover' }),
  shot('keys', signedIn(desk.state()), { steps: [{ see: '.idle-head' }, { key: '?' }], until: '.dialog' }),
  shot('unfinished', signedIn(desk.state({ unfinished: desk.unfinished }))),
  shot(
    'no-seat',
    { ...everywhere, 'GET /api/staff/me': ok({ staff: those.auditor, csrf: 'token' }) },
    {
      until: '.idle-head h1',
    },
  ),
  shot(
    'watches-too',
    signedIn(desk.state(), { 'GET /api/staff/me': ok({ staff: those.servingSupervisor, csrf: 'token' }) }),
  ),
  shot('failed', signedIn(desk.state(), { 'GET /api/workbench/state': problem('internal', 500) }), {
    until: '.idle-head h1',
  }),
  shot(
    'long-name',
    signedIn(desk.state(), { 'GET /api/staff/me': ok({ staff: desk.longNamed, csrf: 'token' }) }),
  ),
  shot('line-down', signedIn(desk.state(), { 'GET /api/ws': 'offline' }), { until: '.call-banner' }),
  shot('ringing', signedIn(ringing, ringAnswers), { until: '.ring-who .code' }),
  shot('ringing-callback', signedIn({ ...ringing, offer: desk.calledBack }, ringAnswers), {
    until: '.ring-who .code',
  }),
  shot('ringing-early', signedIn({ ...ringing, offer: desk.calledEarly }, ringAnswers), {
    until: '.ring-who .code',
  }),
  ...(
    [
      ['ringing-line-fair', { round_trip_ms: 340, spread_ms: 120, lost_percent: 0, kbps: 2100 }],
      ['ringing-line-poor', { round_trip_ms: 12_480, spread_ms: 900, lost_percent: 13, kbps: null }],
      ['ringing-line-unknown', null],
    ] as const
  ).map(([state, line]) =>
    shot(
      state,
      signedIn(ringing, {
        ...ringAnswers,
        [`GET /api/workbench/tickets/${TICKET}`]: ok({ ...desk.ticket, line }),
      }),
      { until: '.ring-who .code' },
    ),
  ),
  shot('ringing-decline', signedIn(ringing, ringAnswers), {
    steps: [{ see: '.ring-who .code' }, { key: 'Escape' }],
    until: '.decline .choice',
  }),
  shot(
    'ringing-long-name',
    signedIn(ringing, {
      ...ringAnswers,
      [`GET /api/workbench/tickets/${TICKET}`]: ok({ ...desk.ticket, form_of_address: desk.longNamed.name }),
    }),
    { until: '.ring-who .code' },
  ),
  shot('ring-missed', signedIn(ringing), {
    live: [{ type: 'event', stream: `staff:${desk.staff.id}`, seq: 8, event: 'offer', data: null }],
    until: '.notice',
  }),
  shot('ringing-typed', signedIn(ringing, { ...typedQueue, ...typedTicket }), {
    until: '.ring-card .call-banner',
  }),
  ...talk,
  ...invited,
  shot('wrap-up', signedIn(wrapping, ticketServed), {
    steps: [{ see: '.outcomes' }, { key: '2' }],
    until: '.is-chosen',
  }),
  shot('wrap-up-unfilled', signedIn(wrapping, ticketServed), {
    steps: [{ see: '.outcomes' }, { press: '.wrap-up footer .primary' }],
    until: '.is-wrong',
  }),
  shot('wrap-up-matters', signedIn(wrapping, { ...ticketServed, ...matterAnswers }), {
    steps: [{ see: '.further' }, { key: '2' }, { press: '.wrap-up footer .primary' }],
    until: '.further.is-wrong',
  }),
  shot(
    'wrap-up-chat',
    signedIn({ ...wrapping, chat: chatOf(talked) }, { ...ticketServed, ...chatAnswers(talked) }),
    {
      steps: [{ see: '.outcomes' }, { press: '.tabs [role="tab"]:nth-child(2)' }],
      until: '.said .chat-line',
    },
  ),
  shot(
    'wrap-up-no-chat',
    signedIn({ ...wrapping, chat: desk.chat }, { ...ticketServed, ...chatAnswers([]) }),
    {
      steps: [{ see: '.outcomes' }, { press: '.tabs [role="tab"]:nth-child(2)' }],
      until: '.said .chat-hint',
    },
  ),
  shot(
    'wrap-up-matters-unknown',
    signedIn(wrapping, { ...ticketServed, [MATTERS]: problem('internal', 500) }),
    {
      steps: [{ see: '.outcomes' }, { key: '2' }, { press: '.wrap-up footer .primary' }],
      until: '.notice.bad',
    },
  ),
  shot('wrap-up-not-done', signedIn(wrapping, ticketServed), {
    steps: [{ see: '.outcomes' }, { key: '9' }],
    until: '.not-done[open]',
  }),
  ...breaks,
  ...messages,
  shot('sign-off', signedIn(desk.state()), { route: 'sign-off', path: '/workbench/sign-off' }),
  shot('unfinished', signedIn(desk.state({ unfinished: desk.unfinished })), {
    route: 'sign-off',
    path: '/workbench/sign-off',
  }),
  shot(
    'open',
    signedIn(desk.state({ unfinished: desk.unfinished }), {
      ...late,
    }),
    {
      route: 'late',
      path: `/workbench/wrap-up/${desk.LATE_SESSION}`,
      until: '.outcomes',
    },
  ),
  shot('gone', signedIn(desk.state()), {
    route: 'late',
    path: `/workbench/wrap-up/${SESSION}`,
    until: '.idle-head',
  }),
  ...watch,
]
