/** What the chat of a session is made of, and what it asks of a face. */
import type { components } from '@/api/schema'
import type { Http } from '@/api/http'

type Schemas = components['schemas']

export type Side = 'applicant' | 'clerk'
export type ChatState = Schemas['ChatView']
export type Message = Schemas['MessageView']
export type MessagePage = Schemas['MessagePage']
export type Limits = Schemas['ChatLimits']
export type SentFile = Schemas['SentFile']

/** Where an own message is: the last three by the other side's marks. */
export type Delivery = 'sent' | 'delivered' | 'read'

/**
 * A message that was not read back from the server yet. `waiting`: it goes by itself once the line is back; `sent`: it is
 * there; `refused`: it needs the person, who reads `why`, and may send it again as it is where `again` says so.
 */
export interface Outgoing {
  readonly id: string
  readonly text: string | null
  readonly file: File | null
  /** Address of the picture on this device, for its thumbnail. */
  readonly picture: string | null
  state: 'waiting' | 'sending' | 'sent' | 'refused'
  /** How much of the file is over, 0 to 1. */
  progress: number
  why: string
  again: boolean
  /** The file as the server has it, once it is there: a retry does not send it again. */
  fileId: string | null
}

/** Sends one file; `onProgress` hears shares from 0 to 1. Rejects with `ApiError`, or `AbortError` when `signal` ends it. */
export type Upload = (sent: {
  session: string
  key: string
  file: File
  signal: AbortSignal
  onProgress: (share: number) => void
}) => Promise<{ id: string }>

export interface ChatApi {
  read(session: string, query: { after?: number; before?: number }): Promise<MessagePage>
  say(
    session: string,
    body: { client_id: string; text: string | null; file_id: string | null },
  ): Promise<{ seq: number; at: string }>
  mark(session: string, body: { delivered: number; read: number }): Promise<unknown>
  upload: Upload
}

export type ChatHttp = Pick<Http, 'get' | 'post' | 'headers' | 'renew'>
