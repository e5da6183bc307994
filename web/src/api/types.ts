/** What goes over the wire, by the names that the faces use. */

export interface Deployment {
  mode: 'demonstration' | 'production' | 'test'
  name: string
  organiser: string
  open_all_hours: boolean
  server_time: string
  time_zone: string
  footer: {
    icp: string
    police: string
    site_code: string
    correction_url: string
    privacy_url: string
    accessibility_url: string
  }
}

export interface Region {
  code: string
  name: string
  level: 'city' | 'county'
  parent: string | null
}

export interface Item {
  key: string
  name: string
  short_name: string
  plain: string
  project_type: '1' | '2'
  promise_day: number
  is_fee: boolean
  themes: string[]
  flows: string[]
}

export interface SituationOption {
  id: string
  say: string
  adds: string[]
  skips: string[]
  then: Situation[]
}
export interface Situation {
  id: string
  ask: string
  options: SituationOption[]
}

export interface Material {
  key: string
  material_name: string
  material_type: '1' | '2' | '3'
  is_need: '1' | '2' | '3'
  page_num: number
  always: boolean
  source_explain: string | null
  shareable_by: string | null
  accept_stand: string
  example_note: string | null
  form_note: string | null
  review_points: string[]
}

/** Minutes, low and high; null when nobody is there to say. */
export type Estimate = [number, number] | null

export interface Availability {
  offered: boolean
  open: boolean
  opens_at: string | null
  closes_at: string | null
  present: number
  waiting: number
  estimate_minutes: Estimate
  desk_name: string | null
  desk_id: string | null
}

export interface Guide {
  key: string
  implementation_id: string
  version_id: string
  version_no: number
  name: string
  short_name: string
  plain: string
  organisation: { name: string; phone: string }
  task_code: string | null
  facts: {
    project_type: '1' | '2'
    promise_day: number
    promise_explain: string | null
    anticipate_day: number
    anticipate_explain: string | null
    limit_scene_num: number
    limit_scene_explain: string | null
    is_fee: boolean
    fees: { name: string; standard: string; basis: string }[]
    handle_area: string
    average_minutes: number
  }
  accept_condition: string[]
  situations: Situation[]
  materials: Material[]
  handle_flow: string[]
  result: { type: string; name: string }
  faq: { q: string; a: string }[]
  by_law: { law: string; clause: string; text: string }[]
  consult_phone: string
  complaint_phone: string
  script: string
  coach: Availability
}

export interface ConsentLanguage {
  title: string
  rows: [label: string, text: string][]
  body: string
}
export interface ConsentText {
  version: string
  digest: string
  zh: ConsentLanguage
  en: ConsentLanguage
}

interface Both {
  zh: string
  en: string
}
export type Level = 1 | 2 | 3 | 4 | 5
export interface RatingLevel {
  level: Level
  name: Both
  options: { code: string; text: Both; first: boolean }[]
  local: { code: string; text: Both }[]
}

export interface Account {
  id: string
  form_of_address: string
  phone_masked: string
  elderly: boolean
}
export interface Me {
  account: Account | null
  csrf: string | null
}

export type TicketState = 'waiting' | 'ringing' | 'serving' | 'parked' | 'closed'
export interface Ticket {
  id: string
  number: string
  state: TicketState
  close_reason: null | 'served' | 'left' | 'closed_by_hours' | 'expired'
  flow: 'coach'
  item_key: string
  version_id: string
  region_code: string
  desk_id: string
  enqueued_at: string
  parked_until: string | null
  session_id: string | null
  elderly: boolean
}
export interface Place {
  ahead: number
  estimate_minutes: Estimate
  present: number
}
export interface ClerkPlate {
  name: string
  organisation: string
}
export interface TicketView {
  ticket: Ticket
  place: Place | null
  clerk: ClerkPlate | null
}

export interface Session {
  id: string
  number: string
  state: 'open' | 'wrapping' | 'closed'
  clerk_id: string
  started_at: string
  ended_at: string | null
  outcome: string | null
  end_reason: null | 'applicant' | 'clerk' | 'dropped'
}
export interface Call {
  id: string
  session_id: string
  state: 'connecting' | 'connected' | 'interrupted' | 'ended'
  grace_until: string | null
  ended_reason: string | null
  participants: { id: string; side: 'applicant' | 'clerk'; attempt: number }[]
}
export interface Rating {
  session_id: string
  state: 'asked' | 'given' | 'expired'
  level: Level | null
  expires_at: string
}
export interface Outcome {
  code: string
  name: Both
  solved: boolean
}
export interface SessionView {
  session: Session
  item_name: string
  summary: string | null
  next_step: string | null
  outcome: Outcome | null
  clerk: ClerkPlate
  ticket_number: string
  complaint_phone: string | null
  rating: Rating | null
}

export interface Cursor {
  stream: string
  seq: number
}
/** The applicant's state document: fetched once, then kept by events (`state[type] = data`). */
export interface ApplicantState {
  cursor: Cursor
  server_time: string
  ticket: Ticket | null
  session: Session | null
  call: Call | null
  rating: Rating | null
}

export interface JoinAnswer {
  call: Call
  participant_id: string
  attempt: number
  polite: boolean
  ice_servers: RTCIceServer[]
  transport: 'p2p'
}
