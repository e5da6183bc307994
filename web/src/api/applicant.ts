/** What the applicant's pages ask of the server. Paths and answers are those of the OpenAPI document. */
import { createHttp } from './http'
import { withKey } from './keys'
import type {
  Account,
  ApplicantState,
  Call,
  ConsentText,
  Deployment,
  Guide,
  Item,
  JoinAnswer,
  Level,
  Me,
  RatingLevel,
  Region,
  SessionView,
  Ticket,
  TicketView,
} from './types'

const http = createHttp('applicant', { me: '/api/applicant/me' })

export const getDeployment = (): Promise<Deployment> => http.get('/api/deployment')
export const getRegions = (): Promise<Region[]> => http.get('/api/regions')
export const getItems = (region: string, q: string, signal?: AbortSignal): Promise<Item[]> =>
  http.get('/api/items', { query: { region, q }, ...(signal && { signal }) })
export const getGuide = (key: string, region: string): Promise<Guide> =>
  http.get(`/api/items/${encodeURIComponent(key)}`, { query: { region } })
export const getConsentText = (): Promise<ConsentText> => http.get('/api/consent-text')
export const getRatingOptions = (): Promise<RatingLevel[]> => http.get('/api/rating-options')

function remembered(me: Me): Account | null {
  http.setCsrf(me.csrf)
  return me.account
}
/** Who the cookie says is here, or null. */
export const getMe = async (): Promise<Account | null> => remembered(await http.get<Me>('/api/applicant/me'))
export const enter = async (who: {
  form_of_address: string
  phone: string
  elderly: boolean
}): Promise<Account | null> => remembered(await http.post<Me>('/api/applicant/enter', { body: who }))
export const getState = (): Promise<ApplicantState> => http.get('/api/applicant/state')

export interface NewTicket {
  item_key: string
  region_code: string
  flow: 'coach'
  consent_version: string
  answers: Record<string, string>
  elderly: boolean
  device: 'phone' | 'pc'
}
/** Takes a number; while one is alive, that one comes back (`created` false). */
export const takeTicket = (wanted: NewTicket): Promise<{ ticket: Ticket; created: boolean }> =>
  withKey(`ticket:${wanted.item_key}`, wanted, (key) => http.post('/api/tickets', { body: wanted, key }))
export const getTicket = (id: string): Promise<TicketView> => http.get(`/api/tickets/${id}`)
export const leaveTicket = (id: string): Promise<unknown> =>
  withKey(`leave:${id}`, null, (key) => http.post(`/api/tickets/${id}/leave`, { key }))
/** 先不接: the place is kept and comes back to the head after a minute. */
export const postponeTicket = (id: string): Promise<unknown> =>
  withKey(`postpone:${id}`, null, (key) => http.post(`/api/tickets/${id}/postpone`, { key }))

export const joinCall = (id: string, key: string): Promise<JoinAnswer> =>
  http.post(`/api/calls/${id}/join`, { key })
export const endCall = (id: string, key: string): Promise<Call> => http.post(`/api/calls/${id}/end`, { key })

export const getSession = (id: string): Promise<SessionView> => http.get(`/api/sessions/${id}`)
export const rateSession = (
  id: string,
  rating: { level: Level; options: string[]; local: string[]; text: string },
): Promise<unknown> =>
  withKey(`rate:${id}`, rating, (key) => http.post(`/api/sessions/${id}/rating`, { body: rating, key }))
