/**
 * Sends one file into a session: with progress, with a way to stop, again by itself when the line was lost. The key makes
 * a repeat harmless: the server answers it with its first answer. Refusals are `ApiError`s that `explain` puts into words.
 */
import type { components } from '@/api/schema'
import { ApiError, type Http } from '@/api/http'

export type SentFile = components['schemas']['FileView']

export interface Sending {
  readonly session: string
  readonly purpose: SentFile['purpose']
  /** Where it goes instead of into the session's files; such an address gives an answer of its own. */
  readonly to?: string
  readonly body: Blob
  /** As the sender's device has it; personal, so it goes in a header and never in the address. */
  readonly name?: string
  /** One per file, the same for every try. */
  readonly key: string
  readonly signal?: AbortSignal
  /** How much is on its way, from 0 to 1. */
  readonly onProgress?: (share: number) => void
}

/** Pauses between tries after the line was lost, in milliseconds; after the last one the person decides. */
export const PAUSES_MS = [1000, 2000, 4000, 8000]
/** A request that neither moves nor is answered for so long is given up, in milliseconds. */
export const STALLED_MS = 45_000

/** Rejects with the signal's `AbortError` when it was stopped. */
export async function sendFile<Answer = SentFile>(
  http: Pick<Http, 'headers' | 'renew'>,
  sending: Sending,
  request: () => XMLHttpRequest = () => new XMLHttpRequest(),
): Promise<Answer> {
  let renewed = false
  for (let tried = 0; ;) {
    try {
      return await once<Answer>(http.headers(), sending, request())
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const pause = PAUSES_MS[tried]
      if (error.code === 'csrf_failed' && !renewed) {
        renewed = true
        await http.renew()
      } else if (error.lost && pause !== undefined) {
        tried += 1
        await rest(pause, sending.signal)
      } else throw error
    }
  }
}

function once<Answer>(
  headers: Record<string, string>,
  { session, purpose, to, body, name, key, signal, onProgress }: Sending,
  request: XMLHttpRequest,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let stalled: ReturnType<typeof setTimeout> | undefined
    const watch = (): void => {
      clearTimeout(stalled)
      stalled = setTimeout(() => {
        done(() => {
          reject(new ApiError('timeout', 0))
        })
        request.abort()
      }, STALLED_MS)
    }
    const stop = (): void => {
      done(() => {
        reject(new DOMException('stopped', 'AbortError'))
      })
      request.abort()
    }
    const done = (settle: () => void): void => {
      clearTimeout(stalled)
      signal?.removeEventListener('abort', stop)
      settle()
    }
    request.open('POST', to ?? `/api/sessions/${session}/files?purpose=${purpose}`)
    const all = { ...headers, Accept: 'application/json', 'Content-Type': 'application/octet-stream' }
    for (const [header, value] of Object.entries(all)) request.setRequestHeader(header, value)
    request.setRequestHeader('Idempotency-Key', key)
    if (name !== undefined) request.setRequestHeader('X-File-Name', nameOf(name))
    request.upload.onprogress = ({ loaded, total }) => {
      watch()
      if (total > 0) onProgress?.(loaded / total)
    }
    request.onload = () => {
      done(() => {
        if (request.status === 200) resolve(JSON.parse(request.responseText) as Answer)
        else reject(refusal(request))
      })
    }
    request.onerror = () => {
      done(() => {
        reject(new ApiError(navigator.onLine ? 'unreachable' : 'offline', 0))
      })
    }
    if (signal?.aborted) {
      stop()
      return
    }
    signal?.addEventListener('abort', stop)
    watch()
    request.send(body)
  })
}

/** As the header wants it: percent-encoded, not too long, without halves of letters, which no encoding has. */
const nameOf = (name: string): string =>
  encodeURIComponent(
    Array.from(name.replace(/[\ud800-\udfff]/gu, ''))
      .slice(0, MOST_NAME)
      .join(''),
  )
/** Letters of a name; each takes up to 12 of the header's 3000 characters. */
const MOST_NAME = 200

function refusal({ status, responseText }: XMLHttpRequest): ApiError {
  try {
    const { code, params } = JSON.parse(responseText) as { code?: unknown; params?: Record<string, unknown> }
    if (typeof code === 'string') return new ApiError(code, status, params)
  } catch {
    // no problem document: a proxy answered
  }
  return new ApiError(status >= 500 ? 'unreachable' : 'refused', status)
}

function rest(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(new DOMException('stopped', 'AbortError'))
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    signal?.addEventListener('abort', stop)
  })
}
