/** 通话质量, the page of those who watch. */
import * as desk from '../../../shots/desk'
import { ok, problem, type Answer, type Shot } from '../../../shots/types'
import { everywhere } from './common'

/** Whoever watches and serves nobody comes here from the desk's address. */
const watching = (state: string, answer: Answer, more: Partial<Shot>): Shot => ({
  route: 'quality',
  state,
  path: '/workbench',
  answers: {
    ...everywhere,
    'GET /api/staff/me': ok({ staff: desk.supervisor, csrf: 'token' }),
    'GET /api/workbench/state': problem('not_allowed', 403),
    'GET /api/call-quality': answer,
  },
  ...more,
})

export const quality: Shot[] = [
  watching('calls', ok(desk.quality), { until: '.table' }),
  watching('bad', ok({ ...desk.quality, rows: desk.quality.rows.filter((row) => row.bad), more: false }), {
    path: '/workbench/quality?bad=1',
    until: '.table',
  }),
  watching('empty', ok(desk.noQuality), { until: '.empty' }),
  watching('loading', 'never', { until: '.skeleton' }),
  watching('failed', problem('internal', 500), { until: '.notice.bad' }),
]
