/** The pages of those who watch: 通话质量, 辱骂骚扰. */
import * as desk from '../../../shots/desk'
import * as those from '../../../shots/watch'
import { ok, problem, type Answer, type Shot, type Step } from '../../../shots/types'
import { everywhere, signedIn } from './common'

/** Whoever watches and serves nobody comes here from the desk's address. */
const watching = (state: string, answer: Answer, more: Partial<Shot>): Shot => ({
  route: 'quality',
  state,
  path: '/workbench',
  answers: {
    ...everywhere,
    'GET /api/staff/me': ok({ staff: those.supervisor, csrf: 'token' }),
    'GET /api/call-quality': answer,
  },
  ...more,
})

/** Whoever serves as well comes from the desk, and goes back there. */
const both: Partial<Shot> = {
  path: '/workbench/quality',
  answers: {
    ...signedIn(desk.state()),
    'GET /api/staff/me': ok({ staff: those.servingSupervisor, csrf: 'token' }),
    'GET /api/call-quality': ok(those.quality),
  },
  until: '.table',
}

const abuse = (state: string, answer: Answer, more: Partial<Shot>, steps: Step[] = []): Shot =>
  watching(state, ok(those.noQuality), {
    route: 'abuse',
    path: '/workbench/abuse',
    answers: { ...watching(state, ok(those.noQuality), {}).answers, 'GET /api/abuse': answer },
    steps,
    ...more,
  })

export const watch: Shot[] = [
  watching('calls', ok(those.quality), { until: '.table' }),
  watching('bad', ok({ ...those.quality, rows: those.quality.rows.filter((row) => row.bad), more: false }), {
    path: '/workbench/quality?bad=1',
    until: '.table',
  }),
  watching('serving-too', ok(those.quality), both),
  watching('empty', ok(those.noQuality), { until: '.empty' }),
  watching('loading', 'never', { until: '.skeleton' }),
  watching('failed', problem('internal', 500), { until: '.notice.bad' }),
  abuse('reports', ok(those.abuse), { until: '.table' }),
  abuse('block', ok(those.abuse), { until: '.dialog' }, [
    { see: '.table' },
    { press: '.table tbody tr:first-child .button' },
    { see: '.dialog' },
    { press: '.dialog .primary' },
  ]),
  abuse('lift', ok(those.abuse), { until: '.dialog' }, [
    { see: '.table' },
    { press: '.table tbody tr:nth-child(2) .button' },
  ]),
  abuse('empty', ok([]), { until: '.empty' }),
  abuse('loading', 'never', { until: '.skeleton' }),
  abuse('failed', problem('internal', 500), { until: '.notice.bad' }),
]
