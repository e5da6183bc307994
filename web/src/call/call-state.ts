/** The `call` of a state document as a face reads it. Pure: no devices, no network. */
import type { components } from '@/api/schema'
import type { MediaStats, Peer, TransportState } from './transport'

/** Citizen, the clerk who serves, or another member of staff who was asked in. */
export type Side = 'applicant' | 'clerk' | 'invited'

/** `call` of the state documents. */
export interface CallState {
  readonly id: string
  readonly session_id: string
  readonly state: 'connecting' | 'connected' | 'interrupted' | 'ended'
  readonly grace_until: string | null
  /** While it is interrupted: what the server knows of the citizen's way back. */
  readonly recall: components['schemas']['RecallView'] | null
  readonly ended_reason: string | null
  /** What both sides look at; null: each the other's face. */
  readonly stage: components['schemas']['StageView'] | null
  /** On hold since when; null: the two hear each other. */
  readonly hold: components['schemas']['HoldView'] | null
  /** The photo that the clerk asked for last. */
  readonly photo: components['schemas']['PhotoRequestView'] | null
  /** What last changed of what the clerk pushed; it is fetched. */
  readonly pushed: number
  readonly participants: readonly components['schemas']['ParticipantView'][]
  /** Invitations that ring, and the last one when nobody came of it. */
  readonly invitations: readonly components['schemas']['InvitationView'][]
}

/** Answer of `POST /api/calls/{id}/join`, and part of the answer of accepting a ring. */
export interface JoinAnswer {
  readonly call: CallState
  readonly participant_id: string
  readonly attempt: number
  readonly ice_servers: readonly RTCIceServer[]
  readonly relay_only: boolean
}

export type Phase = 'idle' | 'joining' | 'connecting' | 'connected' | 'interrupted' | 'elsewhere' | 'ended'

/** What the page shows: media that is seen here counts at once, an interruption counts whoever noticed it first. */
export function phaseOf(call: Pick<CallState, 'state'>, media: TransportState): Phase {
  if (call.state === 'interrupted') return media === 'connected' ? 'connected' : 'interrupted'
  if (media === 'connected') return 'connected'
  if (media === 'interrupted') return 'interrupted'
  return call.state === 'connected' && media === 'failed' ? 'interrupted' : 'connecting'
}

/** With our own network down it is ours; a broken path with a working line to the server is the other side's. */
export function faultOf(
  call: CallState,
  media: TransportState,
  stats: MediaStats | null,
): 'ours' | 'theirs' | null {
  if (!navigator.onLine) return 'ours'
  if (call.state === 'interrupted' || media === 'failed' || stats?.ice === 'disconnected') return 'theirs'
  return null
}

/** What is sent: as the switches stand, but no voice while on hold, and then no picture of staff. */
export function sent(
  wish: { microphoneOn: boolean; cameraOn: boolean; call: CallState | null },
  side: Side,
): { microphone: boolean; camera: boolean } {
  const held = Boolean(wish.call?.hold) && wish.call?.state !== 'ended'
  return {
    microphone: wish.microphoneOn && !held,
    camera: wish.cameraOn && !(held && side !== 'applicant'),
  }
}

/** The others as peers. A call is the citizen's and the clerk's: whoever was asked in does not make or break it. */
export function others(call: CallState, me: string): Peer[] {
  return call.participants
    .filter((one) => one.id !== me)
    .map(({ id, attempt, side }) => ({ id, attempt, essential: side !== 'invited' }))
}

/** Two readings of one call in unknown order: the one with the higher attempts is newer. */
export function newer(a: CallState, b: CallState): CallState {
  const sum = (call: CallState): number => call.participants.reduce((total, one) => total + one.attempt, 0)
  return sum(a) > sum(b) ? a : b
}

export function codeOf(error: unknown): string | null {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null
  return typeof code === 'string' ? code : null
}

/** No answer came (the line was down), so that asking again with the same key may help. */
export function isLost(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return true
  return 'lost' in error ? error.lost === true : codeOf(error) === null
}
