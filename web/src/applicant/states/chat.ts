/** The chat of a call, and the call in writing. */
import { inCall } from '../../../shots/answers'
import { chatAnswers, chatOf, talked, written } from '../../../shots/chat'
import { drawnOn, SESSION, TICKET, CALL, strokes } from '../../../shots/place'
import { entry } from '../../../shots/pushed'
import { ok, problem, type Shot, type Step } from '../../../shots/types'

const press = (...steps: string[]): Step[] => steps.map((one) => ({ press: one }))
const shot = (state: string, more: Partial<Shot>, answers: Shot['answers'] = {}): Shot => ({
  ...{ route: 'call', state, path: `/call/${TICKET}`, devices: 'ok', peer: true },
  answers: { ...inCall({}, {}, {}, chatOf(talked)), ...chatAnswers(talked), ...answers },
  ...more,
})
const inWriting = (stage: typeof drawnOn | null = null): Shot['answers'] => ({
  ...inCall({ stage }, {}, { typed_only: true }, chatOf(written)),
  ...chatAnswers(written),
})
const opened: Step[] = [{ see: '.plate' }, { press: '.chat-button' }, { see: '.chat-line' }]
const sheet = [{ see: '.plate' }, { press: '.papers-button' }]

export const chat: Shot[] = [
  shot('chat', { steps: opened, until: '.chat-picture' }),
  shot(
    'chat-empty',
    { steps: [{ see: '.plate' }, { press: '.chat-button' }], until: '.chat-log' },
    {
      ...inCall({}, {}, {}, chatOf([])),
      ...chatAnswers([]),
    },
  ),
  shot(
    'chat-loading',
    { steps: [{ see: '.plate' }, { press: '.chat-button' }], until: '.chat-hint' },
    {
      [`GET /api/sessions/${SESSION}/messages`]: 'never',
    },
  ),
  shot('chat-large', { steps: [...opened, ...press('.chat-picture')], until: '.chat-large img' }),
  shot('chat-attach', { steps: [...opened, ...press('.chat-plus')], until: '.chat-attach' }),
  shot('chat-too-long', {
    steps: [...opened, { fill: '.chat-write textarea', text: '我想问一下养老保险。'.repeat(210) }],
    until: '.chat-long',
  }),
  shot(
    'chat-refused',
    {
      steps: [...opened, { fill: '.chat-write textarea', text: '收到' }, ...press('.chat-send')],
      until: '.chat-acts',
    },
    {
      [`POST /api/sessions/${SESSION}/messages`]: problem('too_many_requests', 429, {
        until: '2026-11-24T06:16:00Z',
      }),
    },
  ),
  shot(
    'chat-lost',
    {
      steps: [...opened, { fill: '.chat-write textarea', text: '收到' }, ...press('.chat-send')],
      until: '.chat-line:nth-child(4)',
    },
    { [`POST /api/sessions/${SESSION}/messages`]: 'offline' },
  ),
  shot(
    'chat-news',
    { until: '.chat-peek' },
    {
      ...inCall({}, {}, {}, chatOf(talked, { applicant: 2 })),
      ...chatAnswers(talked, { applicant: 2 }),
    },
  ),
  shot('papers', { steps: sheet, until: '.file' }),
  shot(
    'papers-empty',
    { steps: sheet, until: '.papers > div > .hint' },
    { ...inCall({}, {}, {}, chatOf([])), ...chatAnswers([]) },
  ),
  shot('papers-refused', {
    steps: [...sheet, { choose: '.papers input:not([capture])', scene: 'card.svg' }],
    until: '.file .state.bad',
  }),
  shot('typed-pushed', {
    answers: {
      ...inCall({ pushed: 1 }, {}, { typed_only: true }, chatOf(written)),
      ...chatAnswers(written),
      [`GET /api/sessions/${SESSION}/pushed`]: ok([entry]),
    },
    until: '.pushed-card',
  }),
  shot('typed', { answers: inWriting(), until: '.chat-line:nth-child(3)' }),
  shot('typed-pointed-at', {
    answers: { ...inWriting(drawnOn), [`GET /api/calls/${CALL}/strokes`]: ok(strokes) },
    until: '.sheet .chat-line:nth-child(3)',
  }),
]
