/** Every route of the workbench with the states it can be in, as pictures are taken of them and as each is checked. */
import * as desk from '../../shots/desk'
import {
  CALL,
  drawnOn,
  FRAME,
  PHOTO,
  photoAsked,
  pictureOn,
  strokes,
  deployment,
  SESSION,
  TICKET,
} from '../../shots/place'
import { ok, problem, type Answer, type Shot, type Step } from '../../shots/types'
import type { PictureView, WorkbenchState } from './types'

type Answers = Record<string, Answer>
const everywhere: Answers = {
  'GET /api/deployment': ok(deployment),
  'GET /api/stations': ok(desk.stations),
  'GET /api/outcomes': ok(desk.outcomes),
}
const signedIn = (state: WorkbenchState, more: Answers = {}): Answers => ({
  ...everywhere,
  'GET /api/staff/me': ok({ staff: desk.staff, csrf: 'token' }),
  'GET /api/workbench/state': ok(state),
  'GET /api/workbench/today': ok(desk.today),
  'GET /api/workbench/queue': ok(desk.waiting),
  'GET /api/workbench/colleagues': ok(desk.colleagues),
  [`GET /api/workbench/tickets/${TICKET}`]: ok(desk.ticket),
  ...more,
})
const shot = (state: string, answers: Answers, more: Partial<Shot> = {}): Shot => ({
  route: 'desk',
  state,
  path: '/workbench',
  answers,
  devices: 'ok',
  ...more,
})
/** At the sign-in, with account and password typed and sent. */
const signingIn = (state: string, answer: Answer, more: Answers = {}, steps: Step[] = []): Shot => ({
  route: 'sign-in',
  state,
  path: '/workbench/sign-in',
  answers: {
    ...everywhere,
    'GET /api/staff/me': ok({ staff: null, csrf: null }),
    'POST /api/staff/login': answer,
    'POST /api/staff/second-factor': ok(desk.enrolment),
    'POST /api/staff/second-factor/confirm': ok(desk.recovery),
    ...more,
  },
  stored: { lasting: { 'cw:staff-station': desk.staff.station?.id ?? '' } },
  devices: 'ok',
  steps: [
    { fill: '#account', text: 'limin' },
    { fill: '#password', text: 'abcd-efgh-2345' },
    { press: 'form .primary' },
    ...steps,
  ],
})
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
const press = (...steps: string[]): Step[] => steps.map((one) => ({ press: one }))

const ringing = desk.state({
  presence: desk.presence({ work: 'ringing', work_since: desk.at(-5) }),
  offer: desk.offer,
})
const ringAnswers = { 'GET /api/workbench/queue': ok(desk.queue) }
const inCall = (more: Partial<WorkbenchState> = {}): WorkbenchState =>
  desk.state({
    presence: desk.talking,
    session: desk.session(),
    call: desk.joined.call,
    chat: desk.chat,
    ...more,
  })
/** In a call and after it the ticket is older than at the ring. */
const ticketServed = {
  [`GET /api/workbench/tickets/${TICKET}`]: ok({ ...desk.ticket, enqueued_at: desk.at(-621) }),
}
const owned = { tab: { 'cw:call': CALL } }
const joining = { ...ticketServed, [`POST /api/calls/${CALL}/join`]: ok(desk.joined) }
const pictures: PictureView[] = [
  {
    id: PHOTO,
    purpose: 'photo',
    media_type: 'image/jpeg',
    size: 2_400_000,
    at: desk.at(-30),
    side: 'applicant',
    photo: {
      what: 'id_front',
      label: null,
      way: 'image_capture',
      width: 4032,
      height: 3024,
      warnings: ['glare'],
    },
  },
  {
    id: FRAME,
    purpose: 'frame',
    media_type: 'image/jpeg',
    size: 180_000,
    at: desk.at(-90),
    side: 'clerk',
    photo: null,
  },
]
const withPictures = (
  more: Partial<typeof desk.joined.call>,
  list: readonly PictureView[],
): Record<string, Answer> => ({
  ...joining,
  [`POST /api/calls/${CALL}/join`]: ok({ ...desk.joined, call: { ...desk.joined.call, ...more } }),
  [`GET /api/sessions/${SESSION}/pictures`]: ok(list),
  [`GET /api/files/${PHOTO}`]: { picture: 'card.svg' },
  [`GET /api/files/${FRAME}`]: { picture: 'citizen.svg' },
})
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
const onBreak = (reason: 'rest' | 'missed_rings'): WorkbenchState =>
  desk.state({
    presence: desk.presence({ wanted: 'break', reason, since: desk.at(-372), work_since: desk.at(-372) }),
  })
const late = {
  'GET /api/workbench/tickets/t0': ok({ ...desk.ticket, ticket_id: 't0', form_of_address: '马桂枝' }),
}

export const states: Shot[] = [
  {
    route: 'sign-in',
    state: 'empty',
    path: '/workbench/sign-in',
    answers: { ...everywhere, 'GET /api/staff/me': ok({ staff: null, csrf: null }) },
    devices: 'ok',
    until: '.level',
  },
  {
    route: 'sign-in',
    state: 'refused',
    path: '/workbench/sign-in',
    answers: {
      ...everywhere,
      'GET /api/staff/me': ok({ staff: null, csrf: null }),
      'POST /api/staff/login': problem('wrong_password', 401),
    },
    stored: { lasting: { 'cw:staff-station': desk.staff.station?.id ?? '' } },
    devices: 'denied',
    steps: [
      { fill: '#account', text: 'limin' },
      { fill: '#password', text: 'wrong' },
      { press: 'form .primary' },
      { see: '.notice.bad' },
    ],
  },
  {
    route: 'sign-in',
    state: 'unfilled',
    path: '/workbench/sign-in',
    answers: { ...everywhere, 'GET /api/staff/me': ok({ staff: null, csrf: null }) },
    devices: 'ok',
    steps: press('form .primary'),
  },
  signingIn('new-password', problem('password_must_change', 403), {}, [{ see: '#fresh' }]),
  signingIn(
    'new-password-refused',
    problem('password_must_change', 403),
    { 'POST /api/staff/password': problem('password_too_common', 422) },
    [
      { fill: '#fresh', text: 'password123' },
      { fill: '#again', text: 'password123' },
      { press: 'form .primary' },
      { see: '.is-wrong' },
    ],
  ),
  signingIn('code', problem('code_required', 401), {}, [{ see: '#code' }]),
  signingIn('bind', problem('second_factor_missing', 403), {}, [{ see: '.bind img' }]),
  signingIn('bound', problem('second_factor_missing', 403), {}, [
    { fill: '#first-code', text: '123456' },
    { press: '.bind .primary' },
    { see: '.recovery' },
  ]),
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
  shot('no-seat', signedIn(desk.state(), { 'GET /api/workbench/state': problem('not_allowed', 403) }), {
    until: '.idle-head h1',
  }),
  shot('failed', signedIn(desk.state(), { 'GET /api/workbench/state': problem('internal', 500) }), {
    until: '.idle-head h1',
  }),
  shot(
    'long-name',
    signedIn(desk.state(), { 'GET /api/staff/me': ok({ staff: desk.longNamed, csrf: 'token' }) }),
  ),
  shot('line-down', signedIn(desk.state(), { 'GET /api/ws': 'offline' }), { until: '.call-banner' }),
  shot('ringing', signedIn(ringing, ringAnswers), { until: '.ring-who .code' }),
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
  shot('call', signedIn(inCall(), joining), { stored: owned, peer: true, until: '.facts-line .ok-text' }),
  shot('call-materials', signedIn(inCall(), joining), {
    stored: owned,
    peer: true,
    steps: [{ see: '.side .tabs' }, { key: 'F2' }],
    until: '.material',
  }),
  shot(
    'call-drawing',
    signedIn(inCall({ call: { ...desk.joined.call, stage: drawnOn } }), {
      ...ticketServed,
      [`POST /api/calls/${CALL}/join`]: ok({
        ...desk.joined,
        call: { ...desk.joined.call, stage: drawnOn },
      }),
      [`GET /api/calls/${CALL}/strokes`]: ok(strokes),
    }),
    {
      stored: owned,
      peer: true,
      steps: [{ see: '.facts-line .ok-text' }, { key: 'a' }],
      until: '.stage-ink path',
    },
  ),
  ...(
    [
      ['call-photo-asked', { photo: photoAsked() }, []],
      ['call-photo-arrived', { photo: photoAsked({ state: 'sent', file_id: PHOTO }) }, pictures],
      ['call-photo-declined', { photo: photoAsked({ state: 'declined' }) }, []],
    ] as const
  ).map(([state, more, list]) =>
    shot(state, signedIn(inCall({ call: { ...desk.joined.call, ...more } }), withPictures(more, list)), {
      stored: owned,
      peer: true,
      until: '.call-banner',
    }),
  ),
  shot(
    'call-picture',
    signedIn(inCall({ call: { ...desk.joined.call, stage: pictureOn } }), {
      ...withPictures({ stage: pictureOn }, pictures),
      [`GET /api/calls/${CALL}/strokes`]: ok(strokes),
    }),
    { stored: owned, peer: true, steps: [{ see: '.stage-sheet img' }], until: '.stage-ink path' },
  ),
  shot('call-photo', signedIn(inCall(), joining), {
    stored: owned,
    peer: true,
    steps: [{ see: '.facts-line .ok-text' }, { key: 'p' }],
    until: '.photo-choice',
  }),
  shot('call-connecting', signedIn(inCall(), joining), { stored: owned, until: '.stage-lost' }),
  shot('call-voice-only', signedIn(inCall(), joining), {
    stored: owned,
    devices: 'denied',
    until: '.call-banner',
  }),
  shot('call-elsewhere', signedIn(inCall(), joining), { until: '.call-banner' }),
  shot('call-end', signedIn(inCall(), joining), {
    stored: owned,
    peer: true,
    steps: [{ see: '.controls' }, { key: 'Control+e' }],
    until: '.dialog',
  }),
  shot(
    'reconnecting',
    signedIn(inCall({ call: { ...desk.joined.call, state: 'interrupted', grace_until: desk.at(83) } }), {
      [`POST /api/calls/${CALL}/join`]: ok({
        ...desk.joined,
        call: { ...desk.joined.call, state: 'interrupted', grace_until: desk.at(83) },
      }),
    }),
    { stored: owned, until: '.stage-lost .ring-clock' },
  ),
  shot('wrap-up', signedIn(wrapping, ticketServed), {
    steps: [{ see: '.outcomes' }, { key: '2' }],
    until: '.is-chosen',
  }),
  shot('wrap-up-unfilled', signedIn(wrapping, ticketServed), {
    steps: [{ see: '.outcomes' }, { press: '.wrap-up footer .primary' }],
    until: '.is-wrong',
  }),
  shot('wrap-up-not-done', signedIn(wrapping, ticketServed), {
    steps: [{ see: '.outcomes' }, { key: '9' }],
    until: '.not-done[open]',
  }),
  shot('break', signedIn(onBreak('rest'))),
  shot(
    'missed',
    signedIn(onBreak('missed_rings'), { 'GET /api/workbench/today': ok({ ...desk.today, missed: 2 }) }),
  ),
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
]
