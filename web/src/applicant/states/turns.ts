/** Turns that a call takes: on hold, a further matter, something pushed. */
import { done, inCall, twoMatters } from '../../../shots/answers'
import { NOW, SESSION, TICKET } from '../../../shots/place'
import { entry, guide, typed } from '../../../shots/pushed'
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
