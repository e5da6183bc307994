/** What the workbench gets over the wire, by the names that its pages use. */
import type { Call, Cursor, Guide, JoinAnswer } from '@/api/types'

export type { Call, Deployment, Guide, JoinAnswer, Material, Situation } from '@/api/types'

export interface Staff {
  id: string
  name: string
  organisation: string
  roles: string[]
  station: { id: string; number: string; site_name: string } | null
  desks: { id: string; name: string }[]
}
export interface StaffMe {
  staff: Staff | null
  csrf: string | null
}
export interface StationChoice {
  id: string
  number: string
  site_name: string
  organisation_name: string
}

export type Wanted = 'ready' | 'break' | 'off'
export type BreakReason = 'rest' | 'meeting' | 'training' | 'paperwork' | 'missed_rings' | 'other'
export type Work = 'idle' | 'ringing' | 'serving' | 'wrapping'
export interface Presence {
  wanted: Wanted
  reason: BreakReason | null
  since: string
  work: Work
  work_since: string
}

/** A reason as a code with figures; the sentence is made here, in the reader's language. */
export interface Fact {
  code: string
  params: Record<string, unknown>
}
export interface Why {
  rule: string
  candidates: number
  level: number
  waited_seconds: number
  bonus_seconds: number
  facts: Fact[]
}
export interface Offer {
  engagement_id: string
  ticket_id: string
  desk_id: string
  expires_at: string
  ring_seconds: number
  offered_at: string
  why: Why
}

export type NextStep = 'none' | 'call_back' | 'book_again' | 'support'
export interface Draft {
  outcome: string | null
  summary: string
  next_step: NextStep
}
export interface DeskSession {
  id: string
  number: string
  state: 'open' | 'wrapping'
  ticket_id: string
  started_at: string
  ended_at: string | null
  end_reason: 'applicant' | 'clerk' | 'dropped' | null
  wrap_until: string | null
  draft: Draft | null
}
export interface Unfinished {
  session_id: string
  number: string
  ended_at: string
  item_key: string
  ticket_id: string
  draft: Draft | null
}

export interface WorkbenchState {
  cursor: Cursor
  server_time: string
  presence: Presence
  offer: Offer | null
  session: DeskSession | null
  call: Call | null
  unfinished: Unfinished[]
}

export interface Today {
  answered: number
  missed: number
  average_answer_seconds: number | null
  average_talk_seconds: number | null
  solved: number
  /** Sessions that ended today, the denominator of `solved`. */
  ended: number
  rated: number
  good: number
}
export interface QueueRow {
  ticket_id: string
  number: string
  item_short_name: string
  waited_since: string
  state: string
  device: string
  region_name: string
  why: Fact[]
  elderly: boolean
  desk_id: string
}
export interface Colleague {
  staff_id: string
  name: string
  station: string | null
  wanted: Wanted
  work: Work
  work_since: string
  is_me: boolean
}

export interface TicketDetail {
  ticket_id: string
  number: string
  form_of_address: string
  phone_masked: string
  elderly: boolean
  flow: string
  item_key: string
  item_name: string
  region_name: string
  device: string
  enqueued_at: string
  answers: { ask: string; say: string }[]
  trust_level: number
  previous: { ended_at: string; outcome: string | null; clerk: string }[]
  guide: Guide
}

/** A way for a session to end; its words are in `store/wrap-up.ts`. */
export interface Outcome {
  code: string
  solved: boolean
  group: 'done' | 'not_done'
}

export type Accepted = JoinAnswer & { session: DeskSession }
export type DeclineReason = 'busy_paperwork' | 'not_my_item' | 'need_break' | 'conflict_of_interest'
