/** What the workbench asks of the server, through the client that is generated from its OpenAPI document. */
import createClient from 'openapi-fetch'
import { createHttp } from '@/api/http'
import { withKey } from '@/api/keys'
import type { Report } from '@/quality/statistics'
import type { components, paths } from '@/api/schema'
import type { Stroke } from '@/stage/ink'
import type {
  BlockReason,
  Candidate,
  ChosenReason,
  CoachingStep,
  DeclineReason,
  DeskSession,
  Draft,
  Guide,
  JoinAnswer,
  LetterCard,
  MissReason,
  Staff,
  StaffMe,
  TransferDesk,
  TicketDetail,
  Wanted,
  WorkbenchState,
  WrapUpRequest,
} from './types'

export const http = createHttp('staff', { me: '/api/staff/me' })
const client = createClient<paths>({ baseUrl: location.origin, fetch: http.fetch })

/** Refusals are thrown on the way, so an answer always has its data. */
async function data<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T
}
/** The same under a name of `types.ts`, where the client's own type is wider (it takes a pair for a list, ICE servers for anything). */
async function named<T>(answer: Promise<{ data?: unknown }>): Promise<T> {
  return (await answer).data as T
}
const keyed = (key: string): { headers: Record<string, string> } => ({ headers: { 'Idempotency-Key': key } })
/** What the page fetches by itself: it is no use of the login, which would otherwise never end beside an empty chair. */
const unasked = { headers: { 'X-Background': '1' } }

export const getDeployment = () => data(client.GET('/api/deployment'))
export const getStations = () => data(client.GET('/api/stations'))
export const getOutcomes = () => data(client.GET('/api/outcomes'))

function remembered(me: StaffMe): Staff | null {
  http.setCsrf(me.csrf)
  return me.staff
}
/** Who the cookie says sits here, or null. */
export const getMe = async () => remembered(await data(client.GET('/api/staff/me')))
export const signIn = async (body: components['schemas']['LoginRequest']) =>
  remembered(await data(client.POST('/api/staff/login', { body })))
/** Signs in with a new password, which replaces the one that was given. */
export const changePassword = async (body: components['schemas']['PasswordRequest']) =>
  remembered(await data(client.POST('/api/staff/password', { body })))
export const beginSecondFactor = (body: components['schemas']['EnrolRequest']) =>
  data(client.POST('/api/staff/second-factor', { body }))
export const confirmSecondFactor = (body: components['schemas']['ConfirmRequest']) =>
  data(client.POST('/api/staff/second-factor/confirm', { body }))
export const signOut = () => data(client.POST('/api/staff/sign-out'))

export const getState = () => named<WorkbenchState>(client.GET('/api/workbench/state', unasked))
export const getToday = () => data(client.GET('/api/workbench/today', unasked))
export const getQueue = () => data(client.GET('/api/workbench/queue', unasked))
export const getColleagues = () => data(client.GET('/api/workbench/colleagues', unasked))
export const getTicket = (ticket_id: string) =>
  named<TicketDetail>(
    client.GET('/api/workbench/tickets/{ticket_id}', { params: { path: { ticket_id } }, ...unasked }),
  )

export const setPresence = (wanted: Wanted, reason: ChosenReason | null) =>
  data(client.POST('/api/workbench/presence', { body: { wanted, reason } }))
/** To another counter with the same login. */
export const moveTo = (station_id: string) =>
  data(client.POST('/api/staff/station', { body: { station_id } }))
/** The rings that led to the break which goes on. */
export const getMisses = () => data(client.GET('/api/workbench/misses', unasked))
export const explainMisses = (reason: MissReason) =>
  data(client.POST('/api/workbench/misses/reason', { body: { reason } }))
export const acceptRing = (engagement_id: string) =>
  withKey(`accept:${engagement_id}`, null, (key) =>
    named<JoinAnswer & { session: DeskSession }>(
      client.POST('/api/engagements/{engagement_id}/accept', {
        params: { path: { engagement_id } },
        ...keyed(key),
      }),
    ),
  )
export const declineRing = (engagement_id: string, reason: DeclineReason) =>
  withKey(`decline:${engagement_id}`, reason, (key) =>
    data(
      client.POST('/api/engagements/{engagement_id}/decline', {
        params: { path: { engagement_id } },
        body: { reason },
        ...keyed(key),
      }),
    ),
  )

/** Lets an invitation ring on while one writes. */
export const beginToWrite = (engagement_id: string) =>
  data(client.POST('/api/engagements/{engagement_id}/writing', { params: { path: { engagement_id } } }))
export const replyToRing = (engagement_id: string, words: string) =>
  withKey(`reply:${engagement_id}`, words, (key) =>
    data(
      client.POST('/api/engagements/{engagement_id}/reply', {
        params: { path: { engagement_id } },
        body: { words },
        ...keyed(key),
      }),
    ),
  )

export const getCallbackOffer = (ticket_id: string) =>
  data(client.GET('/api/workbench/tickets/{ticket_id}/callback', { params: { path: { ticket_id } } }))
export const agreeOnCallback = (ticket_id: string, minutes: number) =>
  withKey(`callback:${ticket_id}`, { minutes }, (key) =>
    data(
      client.POST('/api/workbench/tickets/{ticket_id}/callback', {
        params: { path: { ticket_id } },
        body: { minutes },
        ...keyed(key),
      }),
    ),
  )

/** Before the agreed time: it rings here at once. */
export const callBackEarly = (ticket_id: string) =>
  withKey(`callback-now:${ticket_id}`, null, (key) =>
    data(
      client.POST('/api/workbench/tickets/{ticket_id}/callback/now', {
        params: { path: { ticket_id } },
        ...keyed(key),
      }),
    ),
  )

/** The key comes from the call controller: one per join, the same for every try. */
export const joinCall = (call_id: string, key: string) =>
  named<JoinAnswer>(
    client.POST('/api/calls/{call_id}/join', { params: { path: { call_id } }, ...keyed(key) }),
  )
export const endCall = (call_id: string, key: string) =>
  data(client.POST('/api/calls/{call_id}/end', { params: { path: { call_id } }, ...keyed(key) }))

/** What this page measures of its call. Sent plainly: a page that goes away has no time to build more than that. */
export const measureCall = (call_id: string, body: Report, keepalive: boolean): Promise<unknown> =>
  http.post(`/api/calls/${call_id}/quality`, { body, keepalive, background: true })

/** Calls of a day (today without one), from the newest on or before an instant. */
export const getCallQuality = (day: string | undefined, bad: boolean, before?: string) =>
  data(
    client.GET('/api/call-quality', {
      params: { query: { bad, ...(day !== undefined && { day }), ...(before !== undefined && { before }) } },
    }),
  )

export const getAbuse = () => data(client.GET('/api/abuse'))
export const blockAccount = (session_id: string, days: number, reason: BlockReason) =>
  withKey(`block:${session_id}`, { days, reason }, (key) =>
    data(
      client.POST('/api/abuse/{session_id}/block', {
        params: { path: { session_id } },
        body: { days, reason },
        ...keyed(key),
      }),
    ),
  )
export const liftBlock = (block_id: string) =>
  data(client.POST('/api/blocks/{block_id}/lift', { params: { path: { block_id } } }))

export const endForAbuse = (call_id: string, words: string) =>
  withKey(`abuse:${call_id}`, words, (key) =>
    data(
      client.POST('/api/calls/{call_id}/end-for-abuse', {
        params: { path: { call_id } },
        body: { words },
        ...keyed(key),
      }),
    ),
  )

type Body<Name extends keyof components['schemas']> = components['schemas'][Name]
const inCall = (call_id: string): { params: { path: { call_id: string } } } => ({
  params: { path: { call_id } },
})
export const holdCall = (call: string) => data(client.PUT('/api/calls/{call_id}/hold', inCall(call)))
export const resumeCall = (call: string) => data(client.DELETE('/api/calls/{call_id}/hold', inCall(call)))
export const getCandidates = (call: string) =>
  data(client.GET('/api/calls/{call_id}/candidates', inCall(call)))
export const getTransfers = (call: string) =>
  named<{ people: Candidate[]; desks: TransferDesk[] }>(
    client.GET('/api/calls/{call_id}/transfer', inCall(call)),
  )
export const transferCall = (call: string, body: Body<'TransferRequest'>) =>
  withKey(`transfer:${call}:${body.id}`, body, (key) =>
    data(client.POST('/api/calls/{call_id}/transfer', { ...inCall(call), body, ...keyed(key) })),
  )
export const inviteInto = (call: string, staff_id: string, words: string) =>
  withKey(`invite:${call}:${staff_id}`, words, (key) =>
    data(
      client.POST('/api/calls/{call_id}/invitations', {
        params: { path: { call_id: call } },
        body: { staff_id, words },
        ...keyed(key),
      }),
    ),
  )
export const getReply = (call_id: string, invitation_id: string) =>
  data(
    client.GET('/api/calls/{call_id}/invitations/{invitation_id}/reply', {
      params: { path: { call_id, invitation_id } },
    }),
  )
export const uninvite = (call_id: string, invitation_id: string) =>
  data(
    client.DELETE('/api/calls/{call_id}/invitations/{invitation_id}', {
      params: { path: { call_id, invitation_id } },
    }),
  )
export const leaveCall = (call: string) =>
  withKey(`leave:${call}`, null, (key) =>
    data(client.POST('/api/calls/{call_id}/leave', { params: { path: { call_id: call } }, ...keyed(key) })),
  )
export const removeFrom = (call_id: string, participant_id: string) =>
  data(
    client.DELETE('/api/calls/{call_id}/participants/{participant_id}', {
      params: { path: { call_id, participant_id } },
    }),
  )
export const putOnStage = (call: string, body: Body<'StageRequest'>) =>
  data(client.PUT('/api/calls/{call_id}/stage', { ...inCall(call), body }))
export const coverScreen = (call: string, no: number, covered: boolean) =>
  data(client.PUT('/api/calls/{call_id}/stage/cover', { ...inCall(call), body: { no, covered } }))
export const takeOffStage = (call: string) => data(client.DELETE('/api/calls/{call_id}/stage', inCall(call)))
export const turnStage = (call: string, body: Omit<Body<'ViewRequest'>, 'turn'> & { turn: number }) =>
  data(client.PUT('/api/calls/{call_id}/stage/view', { ...inCall(call), body: body as Body<'ViewRequest'> }))
export const getStrokes = (call_id: string, after: number) =>
  data(client.GET('/api/calls/{call_id}/strokes', { params: { path: { call_id }, query: { after } } }))
/** The name of a stroke makes it safe to repeat. */
export const drawStroke = (call: string, { places, ...body }: Stroke & { no: number }) =>
  data(
    client.POST('/api/calls/{call_id}/strokes', {
      ...inCall(call),
      body: { ...body, places: [...places] },
      ...keyed(body.id),
    }),
  )
export const undoStroke = (call_id: string, stage_no: number, stroke_id: string) =>
  data(
    client.DELETE('/api/calls/{call_id}/strokes/{stage_no}/{stroke_id}', {
      params: { path: { call_id, stage_no, stroke_id } },
    }),
  )
export const clearStrokes = (call_id: string, stage_no: number) =>
  data(client.DELETE('/api/calls/{call_id}/strokes/{stage_no}', { params: { path: { call_id, stage_no } } }))

export const getCannedReplies = (session_id: string) =>
  data(
    client.GET('/api/sessions/{session_id}/canned-replies', { params: { path: { session_id } }, ...unasked }),
  )
export const getItems = (region: string, q: string) =>
  data(client.GET('/api/items', { params: { query: { region, q } } }))
const inSession = (session_id: string): { params: { path: { session_id: string } } } => ({
  params: { path: { session_id } },
})
export const getMatters = (session: string) =>
  data(client.GET('/api/sessions/{session_id}/matters', inSession(session)))
export const openMatter = (session: string, item_key: string) =>
  data(client.POST('/api/sessions/{session_id}/matters', { ...inSession(session), body: { item_key } }))
const ofMatter = (session_id: string, matter_id: string) => ({ params: { path: { session_id, matter_id } } })
export const changeMatter = (session: string, matter: string, item_key: string) =>
  data(
    client.PUT('/api/sessions/{session_id}/matters/{matter_id}', {
      ...ofMatter(session, matter),
      body: { item_key },
    }),
  )
export const removeMatter = (session: string, matter: string) =>
  data(client.DELETE('/api/sessions/{session_id}/matters/{matter_id}', ofMatter(session, matter)))
export const getMatterGuide = (session: string, matter: string) =>
  named<Guide>(client.GET('/api/sessions/{session_id}/matters/{matter_id}/guide', ofMatter(session, matter)))

const atStep = (session_id: string, step: CoachingStep) => ({ params: { path: { session_id, step } } })
export const reachStep = (session: string, step: CoachingStep) =>
  data(client.PUT('/api/sessions/{session_id}/coaching/{step}', atStep(session, step)))
export const undoStep = (session: string, step: CoachingStep) =>
  data(client.DELETE('/api/sessions/{session_id}/coaching/{step}', atStep(session, step)))
export const saveDraft = (session_id: string, body: Draft) =>
  data(client.PUT('/api/sessions/{session_id}/draft', { params: { path: { session_id } }, body }))
export const wrapUp = (session_id: string, body: WrapUpRequest) =>
  withKey(`wrap-up:${session_id}`, body, (key) =>
    data(
      client.POST('/api/sessions/{session_id}/wrap-up', {
        params: { path: { session_id } },
        body,
        ...keyed(key),
      }),
    ),
  )

const ofLetter = (letter_id: string): { params: { path: { letter_id: string } } } => ({
  params: { path: { letter_id } },
})
export const getLetters = () => data(client.GET('/api/workbench/letters', unasked))
/** A look at a person: it is put on record. */
export const getLetter = (letter: string) =>
  named<LetterCard>(client.GET('/api/workbench/letters/{letter_id}', ofLetter(letter)))
export const holdLetter = (letter: string) =>
  data(client.POST('/api/workbench/letters/{letter_id}/hold', ofLetter(letter)))
export const releaseLetter = (letter: string) =>
  data(client.POST('/api/workbench/letters/{letter_id}/release', ofLetter(letter)))
export const answerLetter = (letter: string, body: Body<'AnswerRequest'>) =>
  withKey(`letter:${letter}`, body, (key) =>
    data(
      client.POST('/api/workbench/letters/{letter_id}/answer', { ...ofLetter(letter), body, ...keyed(key) }),
    ),
  )
