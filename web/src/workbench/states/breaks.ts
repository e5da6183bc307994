/** On break, within its time and over it, after rings that were missed in a row, and changing the counter. */
import * as desk from '../../../shots/desk'
import { ok, problem, type Shot, type Step } from '../../../shots/types'
import type { BreakReason } from '../types'
import { press, shot, signedIn, type Answers } from './common'

const away = (reason: BreakReason, seconds: number, more: Answers = {}): Answers =>
  signedIn(desk.state({ presence: desk.onBreak(reason, seconds) }), more)
const today = { 'GET /api/workbench/today': ok({ ...desk.today, missed: 2 }) }
const MISSES = 'GET /api/workbench/misses'
const paused = (more: Answers = {}): Answers => away('missed_rings', 98, { ...today, ...more })

const moving: Step[] = [{ press: '.state' }, { press: '.menu [role="menuitem"]:nth-last-child(2)' }]

export const breaks: Shot[] = [
  shot('seat', signedIn(desk.state()), { steps: moving, until: '#seat' }),
  shot('seat-loading', signedIn(desk.state(), { 'GET /api/stations': 'never' }), {
    steps: moving,
    until: '.dialog form',
  }),
  shot('seat-refused', signedIn(desk.state(), { 'POST /api/staff/station': problem('still_serving', 409) }), {
    steps: [...moving, { see: '#seat' }, { key: 'ArrowDown' }, { press: '.dialog .primary' }],
    until: '.dialog .problem',
  }),
  shot('break', away('rest', 372), { until: '.panel > header .push' }),
  shot('break-near-limit', away('paperwork', 855), { until: '.panel > header .push' }),
  shot('break-reached', away('rest', 905), { until: '.warn-text' }),
  shot('break-over-limit', away('helping_on_site', 1090), { until: '.warn-text' }),
  shot('break-without-limit', away('meeting', 4210), { until: '.panel > header .push' }),
  shot('break-menu', away('rest', 372), { steps: press('.state'), until: '.menu' }),
  shot('missed', paused(), { until: '.misses tbody' }),
  shot('missed-others', paused({ [MISSES]: ok(desk.mixedMisses) }), { until: '.misses tbody' }),
  shot('missed-empty', paused({ [MISSES]: ok([]) }), { until: '.misses p' }),
  shot('missed-loading', paused({ [MISSES]: 'never' }), { until: '.misses .skeleton' }),
  shot('missed-failed', paused({ [MISSES]: problem('internal', 500, { reference: '7f3a' }) }), {
    until: '.misses .notice',
  }),
  shot(
    'missed-unfinished',
    signedIn(desk.state({ presence: desk.onBreak('missed_rings', 98), unfinished: desk.unfinished }), today),
    {
      until: '.misses tbody',
    },
  ),
]
