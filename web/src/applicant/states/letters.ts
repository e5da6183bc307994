/** Letters: written, refused, answered, and where they are met on the other pages. */
import type { Account, LetterMark } from '@/api/types'
import { answered, known, region, stranger, waiting, withDesk } from '../../../shots/answers'
import {
  answeredLetter,
  askedAgain,
  letter,
  LETTER,
  letterTerms,
  longNamedLetter,
  mark,
  markOf,
} from '../../../shots/letters'
import { account, NOW, ticket, TICKET } from '../../../shots/place'
import { ok, problem, type Answer, type Shot, type Step } from '../../../shots/types'

type Answers = Record<string, Answer>
const WORDS = '我爸 62 岁，一直在外地打工，没有交过养老保险。现在还能补交吗？'
const READY = 'textarea ~ p, .terms dd:not([aria-hidden])'
const draft = (name: string, text: string) => ({
  [`cw:${name}`]: JSON.stringify({ account: account.id, text }),
})
const kept = draft('letter:P01', WORDS)
const guest: Account = { ...account, phone_verified: false }

const writing: Shot[] = (
  [
    ['start', known(), {}, [], READY],
    [
      'filled',
      { ...known({}, guest), 'GET /api/items/P01/letter-terms': ok({ ...letterTerms, told_by: 'page' }) },
      kept,
      [],
      READY,
    ],
    ['missing', known(), {}, [{ see: READY }, { press: '.dock .button' }], '[aria-invalid=true]'],
    ['near-limit', known(), draft('letter:P01', '问'.repeat(957)), [], '.field .hint'],
    ['too-long', known(), draft('letter:P01', '问'.repeat(1012)), [], '[aria-invalid=true]'],
    [
      'refused',
      { ...known(), 'POST /api/letters': problem('letters_too_many', 409, { most: 3 }) },
      kept,
      [{ see: READY }, { press: '.dock .button' }],
      '.notice.bad',
    ],
    [
      'offline',
      { ...known(), 'POST /api/letters': 'offline' },
      kept,
      [{ see: READY }, { press: '.dock .button' }],
      '.notice.bad',
    ],
    [
      'loading',
      { ...known(), 'GET /api/items/P01/letter-terms': 'never', 'GET /api/items/P01': 'never' },
      {},
      [],
      'h1',
    ],
    [
      'not-taken',
      { ...known(), 'GET /api/items/P01/letter-terms': problem('no_letters', 422) },
      {},
      [],
      '.blank',
    ],
    [
      'unreachable',
      { ...known(), 'GET /api/items/P01/letter-terms': problem('internal', 500, { reference: 'x' }) },
      {},
      [],
      '.blank',
    ],
  ] satisfies [string, Answers, Record<string, string>, Step[], string][]
).map(([state, answers, tab, steps, until]) => ({
  route: 'write',
  state,
  path: '/write/P01',
  answers,
  stored: { lasting: region, tab },
  steps,
  until,
}))

const thread: Shot[] = (
  [
    ['waiting', letter(), [], {}],
    ['waiting-guest', letter({ told_by: 'page' }), [], {}, guest],
    ['late', letter({ due_at: '2026-11-24T01:00:00Z' }), [], {}],
    ['unread', answeredLetter({ unread: true }), [], {}],
    ['again', answeredLetter(), [], draft(`letter-again:${LETTER}`, '户口本丢了，复印件行不行？')],
    ['again-missing', answeredLetter(), [{ press: '.dock .button' }], {}],
    ['turns', askedAgain, [], {}],
    ['long-name', longNamedLetter, [], {}],
    ['withdraw', letter(), [{ press: '#withdraw' }], {}],
    ['withdraw-again', askedAgain, [{ press: '#withdraw' }], {}],
    ['withdrawn', letter({ state: 'withdrawn' }), [], {}],
  ] as [string, ReturnType<typeof letter>, Step[], Record<string, string>, Account?][]
).map(([state, one, steps, tab, who]) => ({
  route: 'letter',
  state,
  path: `/letters/${LETTER}`,
  answers: {
    ...known({ letters: [markOf(one)] }, who),
    [`GET /api/letters/${LETTER}`]: ok(one),
    [`POST /api/letters/${LETTER}/read`]: ok(markOf(one)),
  },
  stored: { tab },
  steps: [{ see: '.letter' }, ...steps],
  until: steps.length > 0 ? '.modal, [aria-invalid=true]' : '.letter',
}))

const of = (no: number, more: Partial<LetterMark>): LetterMark =>
  mark({ id: LETTER.slice(0, -1) + String(no), ...more })
const several = [
  of(2, { item_key: 'P18', item_short_name: '身份证补领' }),
  of(3, { item_key: 'B01', item_short_name: '个体户开业', state: 'answered', unread: true }),
  of(4, {
    item_key: 'P04',
    item_short_name: '社保卡补换',
    state: 'answered',
    answered_at: '2026-11-10T08:20:00Z',
  }),
  of(5, { state: 'withdrawn' }),
  of(6, { due_at: '2026-11-24T01:00:00Z' }),
]

const list: Shot[] = (
  [
    ['start', known({ letters: several }), '.row .state'],
    ['empty', known(), '.blank'],
    ['loading', { ...known(), 'GET /api/applicant/state': 'never' }, 'h1'],
    [
      'unreachable',
      { ...known(), 'GET /api/applicant/state': problem('internal', 500, { reference: 'x' }) },
      '.blank',
    ],
    ['stranger', stranger, '.blank'],
  ] satisfies [string, Answers, string][]
).map(([state, answers, until]) => ({ route: 'letters', state, path: '/letters', answers, until }))

export const letters: Shot[] = [
  ...writing,
  ...list,
  {
    route: 'write',
    state: 'lost',
    path: `/write/P01?ticket=${TICKET}`,
    answers: { ...waiting(), 'POST /api/letters': 'offline' },
    stored: { lasting: region, tab: kept },
    steps: [{ see: '#send-stay' }, { press: '.dock .button' }],
    until: '.notice.bad',
  },
  {
    route: 'write',
    state: 'ticket',
    path: `/write/P01?ticket=${TICKET}`,
    answers: waiting(),
    stored: { lasting: region, tab: kept },
    until: '#send-stay',
  },
  {
    route: 'write',
    state: 'region',
    path: '/write/P01',
    answers: known(),
    until: '.tiles',
  },
  ...thread,
  {
    route: 'letter',
    state: 'queued',
    path: `/letters/${LETTER}`,
    answers: {
      ...known({ ticket: ticket(), letters: [mark()] }),
      [`GET /api/letters/${LETTER}`]: ok(letter()),
    },
    until: '.letter',
  },
  {
    route: 'letter',
    state: 'withdraw-refused',
    path: `/letters/${LETTER}`,
    answers: {
      ...known({ letters: [mark()] }),
      [`GET /api/letters/${LETTER}`]: ok(letter()),
      [`POST /api/letters/${LETTER}/withdraw`]: problem('wrong_state', 409),
    },
    steps: [{ press: '#withdraw' }, { press: '.modal .second' }],
    until: '.notice.bad',
  },
  {
    route: 'letter',
    state: 'loading',
    path: `/letters/${LETTER}`,
    answers: { ...known(), [`GET /api/letters/${LETTER}`]: 'never' },
  },
  {
    route: 'letter',
    state: 'unreachable',
    path: `/letters/${LETTER}`,
    answers: { ...known(), [`GET /api/letters/${LETTER}`]: problem('internal', 500, { reference: 'x' }) },
    until: '.blank',
  },
  {
    route: 'letter',
    state: 'not-found',
    path: `/letters/${LETTER}`,
    answers: known(),
    until: '.blank',
  },
  { route: 'letter', state: 'stranger', path: `/letters/${LETTER}`, answers: stranger, until: '.blank' },
  {
    route: 'home',
    state: 'letters',
    path: '/',
    answers: known({ letters: several }),
    stored: { lasting: region },
    steps: [{ see: '#mine' }],
    until: '.row .state',
  },
  {
    route: 'home',
    state: 'letters-read',
    path: '/',
    answers: known({ letters: several.slice(2, 4) }),
    stored: { lasting: region },
    until: '#mine',
  },
  {
    route: 'home',
    state: 'letters-and-number',
    path: '/',
    answers: known({ ticket: ticket(), letters: several.slice(0, 2) }),
    stored: { lasting: region },
    until: '.row .state',
  },
  {
    route: 'waiting',
    state: 'no-letters',
    path: `/waiting/${TICKET}`,
    answers: { ...waiting(), 'GET /api/items/P01/letter-terms': problem('no_letters', 422) },
    stored: { lasting: answered },
    until: '.materials',
  },
  {
    route: 'waiting',
    state: 'expired',
    path: `/waiting/${TICKET}`,
    answers: waiting({ place: null }, { state: 'closed', close_reason: 'expired' }),
    stored: { lasting: answered },
    until: '#write',
  },
  {
    route: 'guide',
    state: 'closed-no-letters',
    path: '/items/P01',
    answers: {
      ...withDesk({
        open: false,
        opens_at: '2026-11-25T00:30:00Z',
        present: 0,
        waiting: 0,
        estimate_minutes: null,
      }),
      'GET /api/items/P01/letter-terms': problem('no_letters', 422),
    },
    stored: { lasting: answered },
    until: '.dock .button[href^=tel]',
  },
  {
    route: 'enter',
    state: 'write',
    path: '/enter?item=P01&then=write',
    answers: stranger,
    stored: { lasting: region },
  },
  {
    route: 'letter',
    state: 'came',
    path: `/letters/${LETTER}`,
    answers: {
      ...known({ letters: [mark()] }),
      [`GET /api/letters/${LETTER}`]: ok(answeredLetter({ unread: true })),
    },
    live: [
      {
        type: 'event',
        stream: `account:${account.id}`,
        seq: 13,
        event: 'letters',
        data: [markOf(answeredLetter({ unread: true }))],
        at: NOW,
      },
    ],
    until: '.letter',
  },
]
