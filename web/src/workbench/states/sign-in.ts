/** The way in: sign-in, a first password, the second factor. */
import * as desk from '../../../shots/desk'
import { ok, problem, type Answer, type Shot, type Step } from '../../../shots/types'
import { everywhere, press, type Answers } from './common'

/** At the sign-in, with account and password typed and sent. */
const signingIn = (
  state: string,
  answer: Answer,
  more: Answers = {},
  steps: Step[] = [],
  seat = desk.staff.station?.id ?? '',
): Shot => ({
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
  stored: { lasting: { 'cw:staff-station': seat } },
  devices: 'ok',
  steps: [
    { fill: '#account', text: 'limin' },
    { fill: '#password', text: 'abcd-efgh-2345' },
    { press: 'form .primary' },
    ...steps,
  ],
})

export const signIn: Shot[] = [
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
    state: 'devices',
    path: '/workbench/sign-in',
    answers: { ...everywhere, 'GET /api/staff/me': ok({ staff: null, csrf: null }) },
    devices: 'ok',
    steps: [{ see: '.device-picture' }, { press: '.devices > div > button[aria-haspopup]' }],
    until: '.picker select',
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
  signingIn('station-needed', problem('station_needed', 422), {}, [{ see: '.field.is-wrong' }], 'none'),
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
]
