/** What the states of the workbench are made of: who is signed in, what the server answers, a shot of the desk. */
import { chatAnswers } from '../../../shots/chat'
import { FURTHER, twoMatters } from '../../../shots/answers'
import * as desk from '../../../shots/desk'
import { CALL, items, deployment, SESSION, TICKET } from '../../../shots/place'
import { ok, type Answer, type Shot, type Step } from '../../../shots/types'
import type { WorkbenchState } from '../types'

export type Answers = Record<string, Answer>
export const everywhere: Answers = {
  'GET /api/deployment': ok(deployment),
  'GET /api/line-check': ok({}),
  'GET /api/stations': ok(desk.stations),
  'GET /api/outcomes': ok(desk.outcomes),
  'GET /api/workbench/letters': ok([]),
}
export const signedIn = (state: WorkbenchState, more: Answers = {}): Answers => ({
  ...everywhere,
  'GET /api/staff/me': ok({ staff: desk.staff, csrf: 'token' }),
  'GET /api/workbench/state': ok(state),
  'GET /api/workbench/today': ok(desk.today),
  'GET /api/workbench/queue': ok(desk.waiting),
  'GET /api/workbench/colleagues': ok(desk.colleagues),
  'GET /api/workbench/misses': ok(desk.misses),
  [`GET /api/workbench/tickets/${TICKET}`]: ok(desk.ticket),
  ...more,
})
export const shot = (state: string, answers: Answers, more: Partial<Shot> = {}): Shot => ({
  route: 'desk',
  state,
  path: '/workbench',
  answers,
  devices: 'ok',
  ...more,
})
export const press = (...steps: string[]): Step[] => steps.map((one) => ({ press: one }))
export const typedTicket = {
  [`GET /api/workbench/tickets/${TICKET}`]: ok({ ...desk.ticket, typed_only: true }),
}
export const inCall = (more: Partial<WorkbenchState> = {}): WorkbenchState =>
  desk.state({
    presence: desk.talking,
    session: desk.session(),
    call: desk.joined.call,
    chat: desk.chat,
    matters: twoMatters.slice(0, 1),
    ...more,
  })
/** In a call and after it the ticket is older than at the ring. */
export const ticketServed = {
  [`GET /api/sessions/${SESSION}/matters`]: ok(twoMatters.slice(0, 1)),
  [`GET /api/workbench/tickets/${TICKET}`]: ok({ ...desk.ticket, enqueued_at: desk.at(-621) }),
}
export const joining = {
  ...ticketServed,
  ...chatAnswers([]),
  [`POST /api/calls/${CALL}/join`]: ok(desk.joined),
}
export const matterAnswers: Answers = {
  [`GET /api/sessions/${SESSION}/matters`]: ok(twoMatters),
  [`GET /api/sessions/${SESSION}/matters/${FURTHER}/guide`]: ok(desk.furtherGuide),
  'GET /api/items': ok(items),
}
