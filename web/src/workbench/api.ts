/** What the workbench asks of the server. Paths and answers are those of the OpenAPI document. */
import { ApiError, createHttp } from '@/api/http'
import { withKey } from '@/api/keys'
import type {
  Accepted,
  BreakReason,
  Call,
  Colleague,
  DeclineReason,
  Deployment,
  Draft,
  JoinAnswer,
  Outcome,
  Presence,
  QueueRow,
  Staff,
  StaffMe,
  StationChoice,
  TicketDetail,
  Today,
  Wanted,
  WorkbenchState,
} from './types'

const http = createHttp('staff', { me: '/api/staff/me' })

export const getDeployment = (): Promise<Deployment & { mode: string }> => http.get('/api/deployment')
export const getStations = (): Promise<StationChoice[]> => http.get('/api/stations')
export const getOutcomes = (): Promise<Outcome[]> => http.get('/api/outcomes')

function remembered(me: StaffMe): Staff | null {
  http.setCsrf(me.csrf)
  return me.staff
}
/** Who the cookie says sits here, or null. */
export async function getMe(): Promise<Staff | null> {
  try {
    return remembered(await http.get<StaffMe>('/api/staff/me'))
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null
    throw error
  }
}
export const signIn = async (who: {
  account: string
  password: string
  station_id: string
}): Promise<Staff | null> => remembered(await http.post<StaffMe>('/api/staff/login', { body: who }))
export const signOut = (): Promise<unknown> => http.post('/api/staff/sign-out')

export const getState = (): Promise<WorkbenchState> => http.get('/api/workbench/state')
export const getToday = (): Promise<Today> => http.get('/api/workbench/today')
export const getQueue = (): Promise<QueueRow[]> => http.get('/api/workbench/queue')
export const getColleagues = (): Promise<Colleague[]> => http.get('/api/workbench/colleagues')
export const getTicket = (id: string): Promise<TicketDetail> => http.get(`/api/workbench/tickets/${id}`)

export const setPresence = (wanted: Wanted, reason: BreakReason | null): Promise<Presence> =>
  http.post('/api/workbench/presence', { body: { wanted, reason } })
export const acceptRing = (engagement: string): Promise<Accepted> =>
  withKey(`accept:${engagement}`, null, (key) => http.post(`/api/engagements/${engagement}/accept`, { key }))
export const declineRing = (engagement: string, reason: DeclineReason): Promise<unknown> =>
  withKey(`decline:${engagement}`, reason, (key) =>
    http.post(`/api/engagements/${engagement}/decline`, { body: { reason }, key }),
  )

export const joinCall = (id: string, key: string): Promise<JoinAnswer> =>
  http.post(`/api/calls/${id}/join`, { key })
export const endCall = (id: string, key: string): Promise<Call> => http.post(`/api/calls/${id}/end`, { key })

export const saveDraft = (session: string, draft: Draft): Promise<unknown> =>
  http.put(`/api/sessions/${session}/draft`, { body: draft })
export const wrapUp = (session: string, done: Draft & { then: 'ready' | 'break' }): Promise<unknown> =>
  withKey(`wrap-up:${session}`, done, (key) =>
    http.post(`/api/sessions/${session}/wrap-up`, { body: done, key }),
  )
