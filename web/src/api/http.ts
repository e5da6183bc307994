/**
 * One way to the server for a face: which login counts, the CSRF token, time limits, retries that cannot double anything,
 * and refusals as `ApiError` with a code that `problems.ts` puts into words.
 */

export type Face = 'applicant' | 'staff'

/** A refusal of the server (`status` ≥ 400) or no answer at all (`status` 0: `offline`, `timeout`, `unreachable`). */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    readonly params: Record<string, unknown> = {},
  ) {
    super(code)
  }

  /** No answer came, so asking again may help. */
  get lost(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504
  }
}

export interface Ask {
  query?: Record<string, string | undefined>
  body?: unknown
  /** Makes a POST safe to repeat: the server answers a repeated key with its first answer. */
  key?: string
  signal?: AbortSignal
  /** The page asks by itself: it is no use of the login. */
  background?: boolean
  /** It goes out even when the page goes away meanwhile. */
  keepalive?: boolean
  /** Milliseconds until a request without an answer is given up. */
  patience?: number
}

/** The usual patience with a request, in milliseconds. */
const PATIENCE_MS = 15_000
const RETRIES = 2
/** Asking twice has the effect of asking once (RFC 9110 §9.2.2). */
const REPEATABLE = ['GET', 'PUT', 'DELETE']

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** A random UUID (version 4); `crypto.randomUUID` is younger than our oldest web view. */
export function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const marked = Array.from(bytes, (byte, index) => {
    if (index === 6) return (byte & 0x0f) | 0x40 // version 4
    return index === 8 ? (byte & 0x3f) | 0x80 : byte // variant of RFC 9562
  })
  const hex = marked.map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

export interface Http {
  get<T>(path: string, ask?: Ask): Promise<T>
  post<T>(path: string, ask?: Ask): Promise<T>
  put<T>(path: string, ask?: Ask): Promise<T>
  /** The same way for a typed client (openapi-fetch): answers are always `ok`, refusals are thrown as `ApiError`. */
  fetch(request: Request): Promise<Response>
  /** The CSRF token of the present login, as `me` and `login` answer it. */
  setCsrf(token: string | null): void
  /** What says who asks, for requests that go another way: uploads tell their progress, which `fetch` does not. */
  headers(): Record<string, string>
  /** Asks for a fresh CSRF token. */
  renew(): Promise<void>
}

export interface HttpOptions {
  /** Path of this face's `me`, asked again when the server says that the CSRF token is stale. */
  me: string
  fetch?: typeof fetch
}

/** One request in plain parts, so that it can be sent more than once. */
interface Sent {
  method: string
  address: string
  headers: Record<string, string>
  body: string | undefined
  signal: AbortSignal | undefined
  patience: number
  keepalive?: boolean | undefined
}

export function createHttp(face: Face, options: HttpOptions): Http {
  let csrf: string | null = null
  const send = options.fetch ?? ((...args: Parameters<typeof fetch>) => fetch(...args))

  const who = (): Record<string, string> => ({
    'X-Face': face,
    ...(csrf !== null && { 'X-CSRF-Token': csrf }),
  })

  async function once(sent: Sent): Promise<Response> {
    const headers: Record<string, string> = { ...sent.headers, Accept: 'application/json', 'X-Face': face }
    if (sent.body !== undefined) headers['Content-Type'] = 'application/json'
    if (sent.method !== 'GET') Object.assign(headers, who())
    const stop = new AbortController()
    const timer = setTimeout(() => stop.abort(), sent.patience)
    const forward = (): void => stop.abort()
    sent.signal?.addEventListener('abort', forward)
    try {
      return await send(sent.address, {
        method: sent.method,
        headers,
        signal: stop.signal,
        credentials: 'same-origin',
        ...(sent.body !== undefined && { body: sent.body }),
        ...(sent.keepalive && { keepalive: true }),
      })
    } catch (error) {
      if (sent.signal?.aborted) throw error
      throw new ApiError(noAnswer(stop.signal.aborted), 0)
    } finally {
      clearTimeout(timer)
      sent.signal?.removeEventListener('abort', forward)
    }
  }

  async function answered(sent: Sent): Promise<Response> {
    const response = await once(sent)
    if (response.ok) return response
    throw await refusal(response)
  }

  /** Sends until there is an answer: repeats what is safe to repeat, and once with a fresh CSRF token. */
  async function exchange(sent: Sent): Promise<Response> {
    const repeatable = REPEATABLE.includes(sent.method) || 'Idempotency-Key' in sent.headers
    for (let tried = 0; ; tried += 1) {
      try {
        return await answered(sent)
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        if (error.code === 'csrf_failed' && tried === 0) csrf = await freshToken()
        else if (!(repeatable && error.lost && navigator.onLine && tried < RETRIES)) throw error
        else await pause(300 * 2 ** tried * (0.5 + Math.random()))
      }
    }
  }

  async function freshToken(): Promise<string | null> {
    const response = await answered(plain('GET', options.me, {}))
    return ((await response.json()) as { csrf: string | null }).csrf
  }

  async function call<T>(method: string, path: string, ask: Ask = {}): Promise<T> {
    const response = await exchange(plain(method, path, ask))
    return (response.status === 204 ? undefined : await response.json()) as T
  }

  return {
    get: (path, ask) => call('GET', path, ask),
    post: (path, ask) => call('POST', path, ask),
    put: (path, ask) => call('PUT', path, ask),
    fetch: async (request) => exchange(await parts(request)),
    setCsrf(token) {
      csrf = token
    },
    headers: who,
    async renew() {
      csrf = await freshToken()
    },
  }
}

function plain(method: string, path: string, ask: Ask): Sent {
  return {
    method,
    address: address(path, ask.query),
    headers: {
      ...(ask.key !== undefined && { 'Idempotency-Key': ask.key }),
      ...(ask.background && { 'X-Background': '1' }),
    },
    body: ask.body === undefined ? undefined : JSON.stringify(ask.body),
    signal: ask.signal,
    patience: ask.patience ?? PATIENCE_MS,
    keepalive: ask.keepalive,
  }
}

/** Headers of ours that a request may bring; all others are made for every try. */
const BROUGHT = ['Idempotency-Key', 'X-Background']

async function parts(request: Request): Promise<Sent> {
  const headers: Record<string, string> = {}
  for (const name of BROUGHT) {
    const value = request.headers.get(name)
    if (value !== null) headers[name] = value
  }
  const body = request.method === 'GET' ? '' : await request.text()
  return {
    method: request.method,
    address: request.url,
    headers,
    body: body === '' ? undefined : body,
    signal: request.signal,
    patience: PATIENCE_MS,
  }
}

function address(path: string, query: Ask['query']): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) if (value) search.set(name, value)
  const text = search.toString()
  return text === '' ? path : `${path}?${text}`
}

function noAnswer(timedOut: boolean): string {
  if (!navigator.onLine) return 'offline'
  return timedOut ? 'timeout' : 'unreachable'
}

async function refusal(response: Response): Promise<ApiError> {
  try {
    const problem = (await response.json()) as { code?: unknown; params?: Record<string, unknown> }
    if (typeof problem.code === 'string') return new ApiError(problem.code, response.status, problem.params)
  } catch {
    // not a problem document: a proxy answered
  }
  return new ApiError(response.status >= 500 ? 'unreachable' : 'refused', response.status)
}
