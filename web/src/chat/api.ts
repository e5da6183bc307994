/** The chat's requests over the client of a face. */
import { sendFile } from '@/files/upload'
import type { ChatApi, ChatHttp, MessagePage } from './types'

export function chatApi(http: ChatHttp): ChatApi {
  const of = (session: string): string => `/api/sessions/${session}/messages`
  return {
    read: (session, { after, before }) =>
      http.get<MessagePage>(of(session), {
        query: { after: after?.toString(), before: before?.toString() },
        background: true,
      }),
    // the message's own number makes it safe to repeat; as a key it lets the client do so
    say: (session, body) => http.post(of(session), { body, key: body.client_id }),
    mark: (session, body) => http.post(`${of(session)}/marks`, { body, background: true }),
    upload: ({ file, ...sent }) =>
      sendFile(http, { ...sent, purpose: 'document', body: file, name: file.name }),
  }
}
