/** Turns that a call takes: on hold, a further matter, something pushed. */
import { done, inCall, twoMatters } from '../../../shots/answers'
import { CALL, NOW, pictureOn, SESSION, strokes, TICKET } from '../../../shots/place'
import { entry, form, FORM_PAGE, formPages, guide, typed } from '../../../shots/pushed'
import { ok, type Shot } from '../../../shots/types'

const before = (seconds: number): string => new Date(Date.parse(NOW) - seconds * 1000).toISOString()

export const turns: Shot[] = [
  {
    route: 'call',
    state: 'on-hold',
    path: `/call/${TICKET}`,
    answers: inCall({ hold: { started_at: before(42), remind_at: before(-78) } }),
    devices: 'ok',
    peer: true,
    until: '.held',
  },
  {
    route: 'call',
    state: 'two-matters',
    path: `/call/${TICKET}`,
    answers: inCall({}, {}, {}, null, twoMatters),
    devices: 'ok',
    peer: true,
    until: '.about',
  },
  ...(
    [
      ['pushed', [entry, guide], [], '.pushed-card'],
      ['pushed-aside', [entry, guide], [{ press: '.pushed-card .link' }], '.pushed-line'],
      ['pushed-all', [guide, entry, typed], [{ press: '.pushed-line' }], '.pushed-all'],
    ] as const
  ).map(([state, list, steps, until]): Shot => ({
    route: 'call',
    state,
    path: `/call/${TICKET}`,
    answers: { ...inCall({ pushed: 3 }), [`GET /api/sessions/${SESSION}/pushed`]: ok(list) },
    devices: 'ok',
    peer: true,
    steps: [...steps],
    until,
  })),
  ...(
    [
      ['pushed-document', {}, [], '.pushed-card'],
      ['pushed-paper', {}, [{ press: '.pushed-card .button' }], '.pushed-paper img'],
      [
        'paper-on-stage',
        { stage: { ...pictureOn, file_id: FORM_PAGE } },
        [{ see: '.stage-sheet img' }],
        '.paper-bar',
      ],
    ] as const
  ).map(([state, more, steps, until]): Shot => ({
    route: 'call',
    state,
    path: `/call/${TICKET}`,
    answers: {
      ...inCall({ pushed: 3, ...more }),
      ...formPages,
      [`GET /api/sessions/${SESSION}/pushed`]: ok([form, guide]),
      [`POST /api/calls/${CALL}/pushed/${form.id}/opened`]: ok({ id: form.id }),
      [`GET /api/calls/${CALL}/strokes`]: ok(strokes),
    },
    devices: 'ok',
    peer: true,
    steps: [...steps],
    until,
  })),
  {
    route: 'done',
    state: 'two-matters',
    path: `/done/${SESSION}`,
    answers: done({
      further: [{ item_key: 'P18', item_name: '居民身份证补领', outcome: 'needs_visit' }],
    }),
    until: '.terms',
  },
]
