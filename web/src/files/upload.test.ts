import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { PAUSES_MS, sendFile, STALLED_MS, type Sending } from './upload'

/** What the server or the line does with one request. */
type Fate = { status: number; body: unknown } | 'lost' | 'silent'

class FakeRequest {
  upload: { onprogress?: (event: { loaded: number; total: number }) => void } = {}
  onload = (): void => undefined
  onerror = (): void => undefined
  status = 0
  responseText = ''
  headers: Record<string, string> = {}
  address = ''
  aborted = false
  constructor(private readonly fate: Fate) {}
  open(_: string, address: string): void {
    this.address = address
  }
  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value
  }
  abort(): void {
    this.aborted = true
  }
  send(): void {
    queueMicrotask(() => {
      this.upload.onprogress?.({ loaded: 5, total: 10 })
      if (this.fate === 'lost') this.onerror()
      else if (this.fate !== 'silent') {
        this.status = this.fate.status
        this.responseText =
          typeof this.fate.body === 'string' ? this.fate.body : JSON.stringify(this.fate.body)
        this.onload()
      }
    })
  }
}

const FILE = { id: 'f', purpose: 'photo', media_type: 'image/jpeg', size: 3 }
const OK: Fate = { status: 200, body: FILE }
let made: FakeRequest[]
let csrf: string
const http = {
  headers: () => ({ 'X-Face': 'applicant', 'X-CSRF-Token': csrf }),
  renew: () => {
    csrf = 'fresh'
    return Promise.resolve()
  },
}
function send(fates: Fate[], more: Partial<Sending> = {}) {
  const request = (): XMLHttpRequest => {
    const one = new FakeRequest(fates[made.length] ?? 'lost')
    made.push(one)
    return one as unknown as XMLHttpRequest
  }
  return sendFile(
    http,
    { session: 's', purpose: 'photo', body: new Blob(['abc']), key: 'k', ...more },
    request,
  )
}

beforeEach(() => {
  made = []
  csrf = 'old'
  vi.useFakeTimers()
  vi.stubGlobal('navigator', { onLine: true })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a file goes out under its key, its name in a header', async () => {
  const shares: number[] = []
  const sent = await send([OK], { name: '身份证 正面.jpg', onProgress: (share) => shares.push(share) })
  expect(sent).toEqual(FILE)
  expect(made[0]?.address).toBe('/api/sessions/s/files?purpose=photo')
  expect(made[0]?.headers).toMatchObject({
    'Idempotency-Key': 'k',
    'X-CSRF-Token': 'old',
    'X-File-Name': encodeURIComponent('身份证 正面.jpg'),
  })
  expect(shares).toEqual([0.5])
})

test('after a lost line the same key is sent again', async () => {
  const sent = send(['lost', { status: 502, body: 'bad gateway' }, OK])
  await vi.advanceTimersByTimeAsync((PAUSES_MS[0] ?? 0) + (PAUSES_MS[1] ?? 0))
  expect(await sent).toEqual(FILE)
  expect(made.map(({ headers }) => headers['Idempotency-Key'])).toEqual(['k', 'k', 'k'])
})

test('in the end the person decides', async () => {
  const sent = expect(send([])).rejects.toMatchObject({ code: 'unreachable', status: 0 })
  await vi.advanceTimersByTimeAsync(60_000)
  await sent
  expect(made).toHaveLength(PAUSES_MS.length + 1)
})

test('a refusal is final and keeps its parameters', async () => {
  const body = { code: 'file_too_large', params: { limit_mb: 20 } }
  await expect(send([{ status: 413, body }])).rejects.toMatchObject({
    code: 'file_too_large',
    params: { limit_mb: 20 },
  })
  expect(made).toHaveLength(1)
})

test('a stale token is renewed once', async () => {
  const stale: Fate = { status: 403, body: { code: 'csrf_failed' } }
  expect(await send([stale, OK])).toEqual(FILE)
  expect(made[1]?.headers['X-CSRF-Token']).toBe('fresh')
  made = []
  await expect(send([stale, stale])).rejects.toMatchObject({ code: 'csrf_failed' })
})

test('a request that stands still is given up and sent again', async () => {
  const sent = send(['silent', OK])
  await vi.advanceTimersByTimeAsync(STALLED_MS + (PAUSES_MS[0] ?? 0))
  expect(await sent).toEqual(FILE)
  expect(made[0]?.aborted).toBe(true)
})

test.each([0, 1500])('it can be stopped, also while it waits (%i ms)', async (after) => {
  const stop = new AbortController()
  const sent = expect(
    send(after === 0 ? ['silent'] : ['lost', 'lost'], { signal: stop.signal }),
  ).rejects.toMatchObject({
    name: 'AbortError',
  })
  await vi.advanceTimersByTimeAsync(after)
  stop.abort()
  await sent
  const before = made.length
  await vi.advanceTimersByTimeAsync(60_000)
  expect(made).toHaveLength(before)
})
