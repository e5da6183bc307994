/** Turns that a call takes: on hold. */
import { inCall } from '../../../shots/answers'
import { NOW, TICKET } from '../../../shots/place'
import type { Shot } from '../../../shots/types'

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
]
