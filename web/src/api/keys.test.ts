import { beforeEach, describe, expect, it } from 'vitest'
import { ApiError, uuid } from './http'
import { withKey } from './keys'

const failing = (error: ApiError) => (key: string) => {
  seen.push(key)
  return Promise.reject(error)
}
let seen: string[] = []

beforeEach(() => {
  seen = []
  sessionStorage.clear()
})

describe('withKey', () => {
  it('keeps the key while no answer has come', async () => {
    await expect(withKey('take', null, failing(new ApiError('timeout', 0)))).rejects.toThrow()
    await withKey('take', null, (key) => Promise.resolve(seen.push(key)))
    expect(seen[0]).toBe(seen[1])
  })
  it('does not reuse the key for another body', async () => {
    await expect(withKey('take', { a: 1 }, failing(new ApiError('timeout', 0)))).rejects.toThrow()
    await withKey('take', { a: 2 }, (key) => Promise.resolve(seen.push(key)))
    expect(seen[0]).not.toBe(seen[1])
  })
  it('takes a new key after an answer, well or refused', async () => {
    await withKey('take', null, (key) => Promise.resolve(seen.push(key)))
    await expect(withKey('take', null, failing(new ApiError('closed', 409)))).rejects.toThrow()
    await withKey('take', null, (key) => Promise.resolve(seen.push(key)))
    expect(new Set(seen).size).toBe(3)
  })
})

describe('uuid', () => {
  it('has the shape of version 4', () => {
    expect(uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})
