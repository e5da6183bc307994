import { describe, expect, it, vi } from 'vitest'
import { createHttp } from './http'

const reply = (status: number, body: unknown): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })

describe('createHttp', () => {
  it('sends the face, the token and the key', async () => {
    const fetch = vi.fn<typeof globalThis.fetch>().mockResolvedValue(reply(200, { done: true }))
    const http = createHttp('applicant', { me: '/me', fetch })
    http.setCsrf('token')
    await http.post('/api/x', { body: { a: 1 }, key: 'k' })
    expect(fetch.mock.calls[0]?.[1]?.headers).toMatchObject({
      'X-Face': 'applicant',
      'X-CSRF-Token': 'token',
      'Idempotency-Key': 'k',
    })
  })
  it('hands on what a typed client says of its request, and nothing else', async () => {
    const fetch = vi.fn<typeof globalThis.fetch>().mockResolvedValue(reply(200, {}))
    const http = createHttp('staff', { me: '/me', fetch })
    const headers = { 'X-Background': '1', 'Idempotency-Key': 'k', 'X-Other': 'x' }
    await http.fetch(new Request('http://localhost/api/x', { headers }))
    const sent = fetch.mock.calls[0]?.[1]?.headers as Record<string, string>
    expect(sent).toMatchObject({ 'X-Background': '1', 'Idempotency-Key': 'k' })
    expect(sent).not.toHaveProperty('X-Other')
  })
  it('turns a problem document into an error with its code', async () => {
    const fetch = vi
      .fn<typeof globalThis.fetch>()
      .mockResolvedValue(reply(409, { code: 'desk_closed', params: { at: 1 } }))
    const http = createHttp('applicant', { me: '/me', fetch })
    await expect(http.post('/api/x')).rejects.toMatchObject({
      code: 'desk_closed',
      status: 409,
      params: { at: 1 },
    })
  })
  it('repeats a lost request only when that is safe', async () => {
    const fetch = vi.fn<typeof globalThis.fetch>().mockRejectedValue(new TypeError('network'))
    const http = createHttp('applicant', { me: '/me', fetch })
    await expect(http.post('/api/x')).rejects.toMatchObject({ code: 'unreachable' })
    expect(fetch).toHaveBeenCalledTimes(1)
    await expect(http.get('/api/x')).rejects.toMatchObject({ code: 'unreachable' })
    expect(fetch).toHaveBeenCalledTimes(4)
  })
  it('asks for a fresh token once when the server says that it is stale', async () => {
    const fetch = vi
      .fn<typeof globalThis.fetch>()
      .mockResolvedValueOnce(reply(403, { code: 'csrf_failed' }))
      .mockResolvedValueOnce(reply(200, { csrf: 'new' }))
      .mockResolvedValueOnce(reply(200, 'done'))
    const http = createHttp('staff', { me: '/api/staff/me', fetch })
    await expect(http.post('/api/x')).resolves.toBe('done')
    expect(fetch.mock.calls[2]?.[1]?.headers).toMatchObject({ 'X-CSRF-Token': 'new' })
  })
})
