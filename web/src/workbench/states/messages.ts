/** 留言和回呼: letters and callbacks on their own page, and what of them shows elsewhere. */
import * as desk from '../../../shots/desk'
import * as those from '../../../shots/inbox'
import { CALL } from '../../../shots/place'
import { ok, problem, type Shot, type Step } from '../../../shots/types'
import { inCall, joining, press, shot, signedIn, type Answers } from './common'

const LIST = 'GET /api/workbench/letters'
const CARD = `${LIST}/${those.LETTER}`
const ANSWER = `POST /api/workbench/letters/${those.LETTER}/answer`
const HOLD = `POST /api/workbench/letters/${those.LETTER}/hold`
const letters: Answers = {
  [LIST]: ok(those.many),
  [CARD]: ok(those.card),
  [HOLD]: ok({ ...those.first, holder: '李敏', held_by_me: true, held_until: desk.at(600) }),
}
const answers = (more: Answers = {}): Answers => signedIn(desk.state(), { ...letters, ...more })
const page = (state: string, given: Answers, more: Partial<Shot> = {}): Shot =>
  shot(state, given, { route: 'messages', path: '/workbench/messages', ...more })

/** Of the list: first what is overdue, then two callbacks, then the letters of today. */
const rowAt = (index: number): string => `.inbox-list .ticket >> nth=${String(index)}`
const open: Step[] = [{ see: rowAt(3) }, { press: rowAt(3) }]
const type: Step[] = [...open, { see: '#reply-words' }, { fill: '#reply-words', text: those.typed }]
const send: Step[] = [...type, { key: 'Control+Enter' }]

export const messages: Shot[] = [
  page('list', answers(), { until: '.inbox-list .ticket' }),
  page('open', answers(), { steps: type, until: '.thread' }),
  page('followed-up', answers({ [LIST]: ok(those.askedOn), [CARD]: ok(those.again) }), {
    steps: open,
    until: '.thread .clerk',
  }),
  page('wrote-more', answers({ [LIST]: ok(those.askedOn) }), { steps: open, until: '#reply-closed' }),
  page(
    'held',
    answers({
      [LIST]: ok(those.many.map((row) => (row.letter_id === those.LETTER ? { ...row, ...those.held } : row))),
    }),
    { steps: open, until: '#reply-closed' },
  ),
  page(
    'overdue',
    answers({
      [LIST]: ok([{ ...those.first, due_at: desk.at(-3900) }]),
      [CARD]: ok({ ...those.card, due_at: desk.at(-3900) }),
      'GET /api/workbench/queue': ok([]),
    }),
    { steps: press('.inbox-list .ticket'), until: '.thread' },
  ),
  page('changed', answers({ [ANSWER]: problem('letter_changed', 409) }), {
    steps: send,
    until: '.inbox-open .notice.bad',
  }),
  page(
    'answered-by-other',
    answers({ [ANSWER]: problem('wrong_state', 409), [CARD]: ok(those.answeredCard) }),
    {
      steps: open,
      until: '#reply-closed',
    },
  ),
  page('taken-back', answers({ [LIST]: ok(those.askedOn), [CARD]: ok(those.takenBack) }), {
    steps: open,
    until: '#reply-closed',
  }),
  page('sending', answers({ [ANSWER]: 'never' }), { steps: send, until: '[aria-busy="true"]' }),
  page('too-long', answers(), {
    steps: [...open, { see: '#reply-words' }, { fill: '#reply-words', text: those.typed.repeat(36) }],
    until: '.field .problem',
  }),
  page('unfilled', answers(), {
    steps: [...open, { see: '#reply-words' }, { press: '.inbox-open form .primary' }],
    until: '.field .problem',
  }),
  page(
    'sent',
    answers({ [ANSWER]: ok({ letter_id: those.LETTER, answered_at: desk.at(0), told_by: 'message' }) }),
    {
      steps: send,
      until: '.inbox-open .empty .primary',
    },
  ),
  page(
    'next',
    answers({
      [ANSWER]: ok({ letter_id: those.LETTER, answered_at: desk.at(0), told_by: 'message' }),
      [`${LIST}/l0`]: ok({
        ...those.card,
        letter_id: 'l0',
        due_at: those.lateRow.due_at,
        asked_at: those.lateRow.asked_at,
      }),
    }),
    {
      steps: [
        ...send,
        { see: '.inbox-open .empty .primary' },
        { key: 'Enter' },
        { see: '.thread' },
        { key: 'Escape' },
        { key: 'j' },
      ],
      until: '.inbox-list .ticket:focus',
    },
  ),
  page('empty', answers({ [LIST]: ok([]), 'GET /api/workbench/queue': ok([]) }), {
    until: '.inbox-open .empty',
  }),
  page('loading', answers({ [LIST]: 'never' }), { until: '.inbox-list .skeleton' }),
  page('failed', answers({ [LIST]: problem('internal', 500, { reference: '7f3a' }) }), {
    until: '.inbox-list .notice',
  }),
  page('opening', answers({ [CARD]: 'never' }), { steps: open, until: '.inbox-open .skeleton' }),
  page('not-opened', answers({ [CARD]: problem('internal', 500, { reference: '7f3a' }) }), {
    steps: open,
    until: '.inbox-open .notice',
  }),
  page(
    'callback-tried',
    {
      ...answers(),
      'GET /api/workbench/queue': ok(
        desk.queue.map((row) => ({ ...row, callback_tries: row.callback_at === null ? 0 : 2 })),
      ),
    },
    { steps: press(rowAt(1)), until: '.inbox-open .actions' },
  ),
  page('callback', answers(), { steps: press(rowAt(1)), until: '.inbox-open .actions' }),
  page('callback-early', answers(), {
    steps: press(rowAt(2)),
    until: '.inbox-open .actions',
  }),
  page(
    'callback-refused',
    answers({ 'POST /api/workbench/tickets/t6/callback/now': problem('nobody_to_hear', 409) }),
    { steps: [...press(rowAt(1)), { see: '.inbox-open .actions' }, { key: 'Enter' }], until: '.call-banner' },
  ),
  page('long-name', answers({ [CARD]: ok(those.longCard) }), { steps: open, until: '.thread' }),
  page('paused', signedIn(desk.state({ presence: desk.onBreak('missed_rings', 98) }), letters), {
    until: '.inbox-list .notice',
  }),
  page('keys', answers(), { steps: [{ see: '.inbox-list .ticket' }, { key: '?' }], until: '.dialog' }),
  shot('letters', answers(), { until: '.rows .button' }),
  shot('letters-few', answers({ [LIST]: ok(those.rows.slice(0, 2)), 'GET /api/workbench/queue': ok([]) }), {
    until: '.rows .button',
  }),
  shot('call-letters', signedIn(inCall(), { ...joining, ...letters }), {
    stored: { tab: { 'cw:call': CALL } },
    peer: true,
    until: '.facts-line .ok-text',
  }),
  shot('letters', answers(), {
    route: 'sign-off',
    path: '/workbench/sign-off',
    stored: { tab: { 'cw:letters': JSON.stringify({ staff: desk.staff.id, words: { l2: those.typed } }) } },
    until: '.rows .button',
  }),
]
