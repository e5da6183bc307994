/** Asking somebody into a call, and being asked. */
import * as desk from '../../../shots/desk'
import {
  candidates,
  EXPERT_SEAT,
  four,
  handedOver,
  invitation,
  offered,
  replied,
  three,
  transfers,
  whyExpert,
  whyHanded,
} from '../../../shots/invited'
import { CALL, TICKET } from '../../../shots/place'
import { ok, problem, type Shot, type Step } from '../../../shots/types'
import { inCall, joining, shot, signedIn, ticketServed, type Answers } from './common'

const owned = { tab: { 'cw:call': CALL } }
type More = Partial<typeof desk.joined.call>
const joiningAs = (more: More, seat: object = {}): Answers => ({
  ...joining,
  [`POST /api/calls/${CALL}/join`]: ok({ ...desk.joined, ...seat, call: { ...desk.joined.call, ...more } }),
})
const calling = (state: string, more: More, until = '.call-banner'): Shot =>
  shot(state, signedIn(inCall({ call: { ...desk.joined.call, ...more } }), joiningAs(more)), {
    stored: owned,
    peer: true,
    steps: [{ see: '.facts-line .ok-text' }],
    until,
  })
const asking = (state: string, answers: Answers, until: string, key = 'i', after: Step[] = []): Shot =>
  shot(state, signedIn(inCall(), { ...joining, ...answers }), {
    stored: owned,
    peer: true,
    steps: [{ see: '.facts-line .ok-text' }, { key }, ...after],
    until,
  })
const list = `GET /api/calls/${CALL}/candidates`
const handing = `GET /api/calls/${CALL}/transfer`
const ofThree = { participants: three }
const seat = { participant_id: EXPERT_SEAT, attempt: 1 }

export const invited: Shot[] = [
  shot(
    'invited',
    signedIn(
      desk.state({
        presence: desk.presence({ work: 'ringing', work_since: desk.at(-5) }),
        offer: { ...desk.offer, kind: 'invite', why: whyExpert },
      }),
      {
        'GET /api/workbench/queue': ok(desk.queue),
        [`GET /api/workbench/tickets/${TICKET}`]: ok({ ...desk.ticket, invitation: offered }),
      },
    ),
    { until: '.ring-who .code' },
  ),
  asking('call-invite', { [list]: ok(candidates) }, '.pick-row'),
  asking('call-invite-loading', { [list]: 'never' }, '.whom .skeleton'),
  asking('call-invite-nobody', { [list]: ok([]) }, '.whom .muted'),
  asking('call-invite-failed', { [list]: problem('service_unavailable', 503) }, '.whom .bad-text'),
  asking('call-transfer', { [handing]: ok(transfers) }, '.pick-row', 't'),
  asking('call-transfer-found', { [handing]: ok(transfers) }, '.pick-row', 't', [
    { see: '.pick-row' },
    { fill: '.find input', text: '市级' },
  ]),
  asking(
    'call-transfer-none',
    {
      [handing]: ok({
        people: transfers.people.filter(({ state }) => state === 'busy' || state === 'break'),
        desks: transfers.desks.filter(({ present }) => present === 0),
      }),
    },
    '.whom .warn-text',
    't',
  ),
  asking('call-transfer-failed', { [handing]: problem('service_unavailable', 503) }, '.whom .bad-text', 't'),
  shot(
    'handed-over',
    signedIn(
      desk.state({
        presence: desk.presence({ work: 'ringing', work_since: desk.at(-5) }),
        offer: { ...desk.offer, why: whyHanded },
      }),
      {
        'GET /api/workbench/queue': ok(desk.queue),
        [`GET /api/workbench/tickets/${TICKET}`]: ok({ ...desk.ticket, handover: handedOver }),
      },
    ),
    { until: '.why-you p' },
  ),
  shot('call-coaching', signedIn(inCall({ session: desk.session({ coached: desk.coached }) }), joining), {
    stored: owned,
    peer: true,
    steps: [{ see: '.facts-line .ok-text' }],
    until: '.ticks .is-now',
  }),
  calling('call-inviting', { invitations: [invitation('ringing')] }),
  calling('call-invite-declined', { invitations: [invitation('declined')] }),
  shot(
    'call-invite-replied',
    signedIn(inCall({ call: { ...desk.joined.call, invitations: [invitation('replied')] } }), {
      ...joiningAs({ invitations: [invitation('replied')] }),
      [`GET /api/calls/${CALL}/invitations/${invitation('replied').id}/reply`]: ok({ words: replied }),
    }),
    { stored: owned, peer: true, steps: [{ see: '.facts-line .ok-text' }], until: '.call-banner b' },
  ),
  calling('call-invite-missed', { invitations: [invitation('missed')] }),
  calling('call-three', ofThree, '.company'),
  calling('call-full', { participants: four }, '.company [role=status]'),
  shot(
    'call-as-invited',
    signedIn(
      inCall({ session: desk.session({ part: 'invite' }), call: { ...desk.joined.call, ...ofThree } }),
      {
        ...joiningAs(ofThree, seat),
        ...ticketServed,
        [`GET /api/workbench/tickets/${TICKET}`]: ok({ ...desk.ticket, invitation: offered }),
      },
    ),
    { stored: owned, peer: true, steps: [{ see: '.facts-line .ok-text' }], until: '.company' },
  ),
]
