/**
 * Every route of the applicant's pages with the states it can be in, as pictures are taken of them and as each is checked.
 * Only for tests and pictures: the product does not load this.
 */
import type { Shot } from '../../shots/types'
import { browse } from './states/browse'
import { chat } from './states/chat'
import { letters } from './states/letters'
import { outbox } from './states/outbox'
import { queue } from './states/queue'
import { talk } from './states/talk'
import { turns } from './states/turns'

export const states: Shot[] = [...browse, ...queue, ...talk, ...chat, ...turns, ...letters, ...outbox]
