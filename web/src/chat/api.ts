/** The chat's requests over the client of a face; files go by XMLHttpRequest, since fetch tells no progress of what it sends. */
import { ApiError, type Face } from '@/api/http'
import type { ChatApi, ChatHttp, MessagePage, Upload } from './types'

/** Nothing has gone over for so long: the line is dead, in milliseconds. A whole file may take minutes. */
const SILENT_MS = 30_000

export function chatApi(face: Face, http: ChatHttp): ChatApi {
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
    upload: uploading(face, http),
  }
}

function uploading(face: Face, http: ChatHttp): Upload {
  return async (sent) => {
    try {
      return await uploadOnce(face, await http.csrf(), sent)
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'csrf_failed') throw error
      return await uploadOnce(face, await http.csrf(true), sent)
    }
  }
}

function uploadOnce(
  face: Face,
  csrf: string | null,
  { session, key, file, signal, onProgress }: Parameters<Upload>[0],
): ReturnType<Upload> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    let silent: ReturnType<typeof setTimeout> | undefined
    const stir = (): void => {
      clearTimeout(silent)
      silent = setTimeout(() => {
        request.abort()
      }, SILENT_MS)
    }
    const stop = (): void => {
      request.abort()
    }
    const done = (settle: () => void): void => {
      clearTimeout(silent)
      signal.removeEventListener('abort', stop)
      settle()
    }
    const lost = (): void => {
      const error = signal.aborted
        ? new DOMException('cancelled', 'AbortError')
        : new ApiError(navigator.onLine ? 'unreachable' : 'offline', 0)
      done(() => {
        reject(error)
      })
    }
    request.open('POST', `/api/sessions/${session}/files?purpose=document`)
    request.setRequestHeader('X-Face', face)
    request.setRequestHeader('Idempotency-Key', key)
    request.setRequestHeader('X-File-Name', nameOf(file))
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    if (csrf !== null) request.setRequestHeader('X-CSRF-Token', csrf)
    request.upload.onprogress = ({ loaded, total }) => {
      stir()
      if (total > 0) onProgress(loaded / total)
    }
    request.onerror = request.onabort = lost
    request.onload = () => {
      done(() => {
        const answer = parsed(request.responseText)
        if (request.status < 300 && typeof answer?.id === 'string') resolve({ id: answer.id })
        else reject(refusal(request.status, answer))
      })
    }
    signal.addEventListener('abort', stop)
    if (signal.aborted) {
      lost()
      return
    }
    stir()
    request.send(file)
  })
}

/** As the header wants it: percent-encoded, not too long, without halves of letters, which no encoding has. */
const nameOf = (file: File): string =>
  encodeURIComponent(
    Array.from(file.name.replace(/[\ud800-\udfff]/gu, ''))
      .slice(0, MOST_NAME)
      .join(''),
  )
/** Letters of a name; each takes up to 12 of the header's 3000 characters. */
const MOST_NAME = 200

type Answer = { id?: unknown; code?: unknown; params?: Record<string, unknown> } | null
function parsed(text: string): Answer {
  try {
    return JSON.parse(text) as Answer
  } catch {
    return null
  }
}
function refusal(status: number, answer: Answer): ApiError {
  if (typeof answer?.code === 'string') return new ApiError(answer.code, status, answer.params)
  return new ApiError(status >= 500 || status === 0 ? 'unreachable' : 'refused', status)
}
