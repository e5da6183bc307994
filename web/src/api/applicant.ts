/** What the applicant's pages ask of the server, through the client that is generated from its OpenAPI document. */
import createClient from 'openapi-fetch'
import { createHttp } from './http'
import { withKey } from './keys'
import type { Report } from '@/quality/statistics'
import type { components, paths } from './schema'
import type { Account, ConsentText, Duty, Guide, JoinAnswer, Me, TicketView } from './types'

type Requests = components['schemas']

export const http = createHttp('applicant', { me: '/api/applicant/me' })
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

export const getDeployment = () => data(client.GET('/api/deployment'))
export const getRegions = () => data(client.GET('/api/regions'))
export const getItems = (region: string, q: string, signal?: AbortSignal) =>
  data(client.GET('/api/items', { params: { query: { region, q } }, ...(signal && { signal }) }))
export const getGuide = (key: string, region: string) =>
  named<Guide>(client.GET('/api/items/{key}', { params: { path: { key }, query: { region } } }))
export const getDuty = (region: string) =>
  named<Duty>(client.GET('/api/duty', { params: { query: { region } } }))
export const getConsentText = () => named<ConsentText>(client.GET('/api/consent-text'))
export const getRatingOptions = () => data(client.GET('/api/rating-options'))

function remembered(me: Me): Account | null {
  http.setCsrf(me.csrf)
  return me.account
}
/** Who the cookie says is here, or null; and whether who was here went on with another device. */
export async function getMe(): Promise<{ account: Account | null; moved: boolean }> {
  const me = await data(client.GET('/api/applicant/me'))
  return { account: remembered(me), moved: me.moved }
}
export const enter = async (body: Requests['EnterRequest']) =>
  remembered(await data(client.POST('/api/applicant/enter', { body })))
/** A link with which this person goes on with another device: each works once, and the latest only. */
export const makeDeviceLink = () => data(client.POST('/api/applicant/device-link'))
/** Goes on here with what a link brings. Asked again with its key it answers this browser again. */
export const followDeviceLink = (token: string) =>
  withKey('continue', { token }, async (key) =>
    remembered(await data(client.POST('/api/applicant/continue', { body: { token }, ...keyed(key) }))),
  )
/** Six digits go to the account's phone; brought back they prove that it is one's own. */
export const sendPhoneCode = () => data(client.POST('/api/applicant/phone-code'))
export const confirmPhone = (code: string) =>
  data(client.POST('/api/applicant/phone-code/confirm', { body: { code } }))
/** What would have come to phones; only in a demonstration. */
export const getOutbox = (before: string | null = null) =>
  data(client.GET('/api/outbox', { params: { query: before === null ? {} : { before } } }))
export const showOutboxPhone = (message_id: string) =>
  data(client.POST('/api/outbox/{message_id}/phone', { params: { path: { message_id } } }))
export const getState = () => data(client.GET('/api/applicant/state'))

/** Takes a number; while one is alive, that one comes back (`created` false). */
export const takeTicket = (body: Requests['TakeRequest']) =>
  withKey(`ticket:${body.item_key}`, body, (key) =>
    data(client.POST('/api/tickets', { body, ...keyed(key) })),
  )
export const getTicket = (ticket_id: string) =>
  named<TicketView>(client.GET('/api/tickets/{ticket_id}', { params: { path: { ticket_id } } }))
export const leaveTicket = (ticket_id: string) =>
  withKey(`leave:${ticket_id}`, null, (key) =>
    data(client.POST('/api/tickets/{ticket_id}/leave', { params: { path: { ticket_id } }, ...keyed(key) })),
  )
/** 先不接: the place is kept and comes back to the head after a minute. */
export const postponeTicket = (ticket_id: string) =>
  withKey(`postpone:${ticket_id}`, null, (key) =>
    data(
      client.POST('/api/tickets/{ticket_id}/postpone', { params: { path: { ticket_id } }, ...keyed(key) }),
    ),
  )

export const getCallbackOffer = (ticket_id: string) =>
  data(client.GET('/api/tickets/{ticket_id}/callback', { params: { path: { ticket_id } } }))
/** 约定回呼: aside until then, with the place kept. */
export const callBack = (ticket_id: string, minutes: number) =>
  withKey(`callback:${ticket_id}`, { minutes }, (key) =>
    data(
      client.POST('/api/tickets/{ticket_id}/callback', {
        params: { path: { ticket_id } },
        body: { minutes },
        ...keyed(key),
      }),
    ),
  )
/** 现在就办: the head of the queue at once instead of the callback. */
export const comeNow = (ticket_id: string) =>
  withKey(`callback-now:${ticket_id}`, null, (key) =>
    data(
      client.POST('/api/tickets/{ticket_id}/callback/now', {
        params: { path: { ticket_id } },
        ...keyed(key),
      }),
    ),
  )

export const joinCall = (call_id: string, key: string) =>
  named<JoinAnswer>(
    client.POST('/api/calls/{call_id}/join', { params: { path: { call_id } }, ...keyed(key) }),
  )
export const endCall = (call_id: string, key: string) =>
  data(client.POST('/api/calls/{call_id}/end', { params: { path: { call_id } }, ...keyed(key) }))

/** What this page measures of its call. Sent plainly: a page that goes away has no time to build more than that. */
export const measureCall = (call_id: string, body: Report, keepalive: boolean): Promise<unknown> =>
  http.post(`/api/calls/${call_id}/quality`, { body, keepalive, background: true })

export const showScreen = (call_id: string, participant_id: string) =>
  data(
    client.PUT('/api/calls/{call_id}/stage', {
      params: { path: { call_id } },
      body: { kind: 'screen', participant_id },
    }),
  )
export const coverScreen = (call_id: string, no: number, covered: boolean) =>
  data(
    client.PUT('/api/calls/{call_id}/stage/cover', { params: { path: { call_id } }, body: { no, covered } }),
  )
export const takeOffStage = (call_id: string) =>
  data(client.DELETE('/api/calls/{call_id}/stage', { params: { path: { call_id } } }))
export const getStrokes = (call_id: string, after: number) =>
  data(client.GET('/api/calls/{call_id}/strokes', { params: { path: { call_id }, query: { after } } }))

export const getSession = (session_id: string) =>
  data(client.GET('/api/sessions/{session_id}', { params: { path: { session_id } } }))
export const rateSession = (session_id: string, body: Requests['RatingRequest']) =>
  withKey(`rate:${session_id}`, body, (key) =>
    data(
      client.POST('/api/sessions/{session_id}/rating', {
        params: { path: { session_id } },
        body,
        ...keyed(key),
      }),
    ),
  )

/** Which desk would answer a letter that is left now, and by when. */
export const getLetterTerms = (item: string, region: string) =>
  data(client.GET('/api/items/{key}/letter-terms', { params: { path: { key: item }, query: { region } } }))
/** 留言: `instead_of` is the number that is given up with it. The key belongs to these words (`letters/unanswered.ts`). */
export const leaveLetter = (body: Requests['LetterRequest'], key: string) =>
  data(client.POST('/api/letters', { body, ...keyed(key) }))
export const getLetter = (letter_id: string) =>
  data(client.GET('/api/letters/{letter_id}', { params: { path: { letter_id } } }))
/** 追问, after the entry `last`: the same words after another answer are another act. */
export const askAgain = (letter_id: string, words: string, last: string) =>
  withKey(`letter-again:${letter_id}`, { words, last }, (key) =>
    data(
      client.POST('/api/letters/{letter_id}/again', {
        params: { path: { letter_id } },
        body: { words },
        ...keyed(key),
      }),
    ),
  )
/** Takes back what waits: the letter, or the 追问 that is its `last` entry. */
export const withdrawLetter = (letter_id: string, last: string) =>
  withKey(`letter-withdraw:${letter_id}`, { last }, (key) =>
    data(
      client.POST('/api/letters/{letter_id}/withdraw', { params: { path: { letter_id } }, ...keyed(key) }),
    ),
  )
export const readLetter = (letter_id: string) =>
  data(client.POST('/api/letters/{letter_id}/read', { params: { path: { letter_id } } }))
