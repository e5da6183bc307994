import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ref } from 'vue'
import { leaveLetter } from '@/api/applicant'
import { ApiError } from '@/api/http'
import type { LetterMark, LetterRequest } from '@/api/types'
import { useUnanswered } from './unanswered'

vi.mock('@/api/applicant', async (real) => ({ ...(await real<object>()), leaveLetter: vi.fn() }))
const server = vi.mocked(leaveLetter)
const words = (more: Partial<LetterRequest> = {}): LetterRequest => ({
  item_key: 'P01',
  region_code: '411025000000',
  words: '还能补交吗',
  instead_of: 'the number',
  ...more,
})
const liu = (): string => 'liu'
const lostAnswer = new ApiError('timeout', 0)

describe('a letter whose answer was lost', () => {
  beforeEach(() => {
    sessionStorage.clear()
    server.mockReset()
    server.mockResolvedValue({ id: 'x' } as LetterMark)
  })
  async function lose(): Promise<void> {
    server.mockRejectedValueOnce(lostAnswer)
    await expect(useUnanswered('P01', liu).send(words())).rejects.toBe(lostAnswer)
  }
  it('is sent again as it was, whatever else would be sent now', async () => {
    server.mockRejectedValueOnce(lostAnswer)
    const { lost, send } = useUnanswered('P01', liu)
    await expect(send(words())).rejects.toBe(lostAnswer)
    expect(lost.value?.body).toEqual(words())
    await send(words({ instead_of: null, words: '另一封' }))
    expect(server.mock.calls[1]).toEqual(server.mock.calls[0])
    expect(lost.value).toBeNull()
    await send(words())
    expect(server.mock.calls[2]?.[1]).not.toBe(server.mock.calls[0]?.[1])
  })
  it('is kept over a reload, for its writer and its item', async () => {
    await lose()
    expect(useUnanswered('P04', liu).lost.value).toBeNull()
    const who = ref<string | null>(null)
    const { lost, send } = useUnanswered('P01', () => who.value)
    who.value = 'liu'
    expect(lost.value?.body).toEqual(words())
    await send(words({ instead_of: null }))
    expect(server.mock.calls[1]).toEqual(server.mock.calls[0])
    expect(sessionStorage.length).toBe(0)
    await lose()
    expect(useUnanswered('P01', () => 'wang').lost.value).toBeNull()
    expect(sessionStorage.length).toBe(0)
  })
  it('is let go by a refusal, but not by one at the door', async () => {
    await lose()
    const { lost, send } = useUnanswered('P01', liu)
    for (const door of [new ApiError('too_many_requests', 429), new ApiError('internal', 500)]) {
      server.mockRejectedValueOnce(door)
      await expect(send(words())).rejects.toBe(door)
      expect(lost.value).not.toBeNull()
    }
    server.mockRejectedValueOnce(new ApiError('letters_too_many', 409))
    await expect(send(words())).rejects.toThrow()
    expect(lost.value).toBeNull()
    expect(sessionStorage.length).toBe(0)
  })
  it('was not lost where the first answer is a refusal', async () => {
    server.mockRejectedValueOnce(new ApiError('internal', 500))
    const { lost, send } = useUnanswered('P01', liu)
    await expect(send(words())).rejects.toThrow()
    expect(lost.value).toBeNull()
  })
  it('is not sent with a key that the server has forgotten', async () => {
    await lose()
    vi.useFakeTimers({ now: Date.now() + 24 * 3_600_000 })
    expect(useUnanswered('P01', liu).lost.value).toBeNull()
    vi.useRealTimers()
  })
})
