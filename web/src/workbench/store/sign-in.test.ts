import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '@/api/http'
import * as api from '../api'
import type { Staff } from '../types'
import { createSignIn, NO_SEAT, type Field } from './sign-in'

vi.mock('../api')
vi.mock('@/call/ring', () => ({ unlockSound: vi.fn() }))

const STAFF = { account: 'limin', second_factor: false } as Staff
const refuse = (code: string, status = 401): ApiError => new ApiError(code, status, { least: 10 })

/** The form as somebody has filled it in; every field is on the page, so that focus can be looked at. */
function filled(done = vi.fn(() => Promise.resolve())) {
  const page = createSignIn(done)
  page.fields.value = { ...page.fields.value, account: ' limin ', password: 'once-2345', station: 's1' }
  document.body.innerHTML = ['account', 'password', 'fresh', 'again', 'code', 'station']
    .map((id) => `<input id="${id}" />`)
    .join('')
  return { ...page, done }
}
const focused = (): string => document.activeElement?.id ?? ''
type Page = ReturnType<typeof filled>
const type = (page: Page, typed: Partial<Record<Field, string>>): void => {
  page.fields.value = { ...page.fields.value, ...typed }
}

beforeEach(() => {
  localStorage.clear()
  vi.clearAllMocks()
})

describe('signing in', () => {
  it('sends nothing while something is missing, and goes to it', async () => {
    const page = filled()
    type(page, { password: '' })
    await page.submit()
    expect(api.signIn).not.toHaveBeenCalled()
    expect(Object.keys(page.problems.value)).toEqual(['password'])
    expect(focused()).toBe('password')
  })
  it('enters at once when nothing more is asked', async () => {
    vi.mocked(api.signIn).mockResolvedValue(STAFF)
    const page = filled()
    await page.submit()
    expect(api.signIn).toHaveBeenCalledWith({ account: 'limin', password: 'once-2345', station_id: 's1' })
    expect(page.done).toHaveBeenCalledWith(STAFF)
  })
  it('signs in without a seat, and tells whoever needs one after the password', async () => {
    vi.mocked(api.signIn).mockResolvedValueOnce(STAFF)
    const page = filled()
    type(page, { station: NO_SEAT })
    await page.submit()
    expect(vi.mocked(api.signIn).mock.calls[0]?.[0]).toMatchObject({ station_id: null })
    vi.mocked(api.signIn).mockRejectedValueOnce(refuse('station_needed', 422))
    await page.submit()
    expect(page.problems.value.station).toContain('窗口')
    expect(page.fields.value).toMatchObject({ password: 'once-2345', station: '' })
    expect(focused()).toBe('station')
  })
  it('keeps the choice of no seat when the list of seats comes', async () => {
    vi.mocked(api.getStations).mockResolvedValue([])
    const page = filled()
    type(page, { station: NO_SEAT })
    await page.loadStations()
    expect(page.fields.value.station).toBe(NO_SEAT)
    type(page, { station: 's9' })
    await page.loadStations()
    expect(page.fields.value.station).toBe('')
  })
  it('changes a one-time password, and keeps what was typed when the new one is weak', async () => {
    vi.mocked(api.signIn).mockRejectedValue(refuse('password_must_change', 403))
    const page = filled()
    await page.submit()
    expect(page.asked.value.fresh).toBe(true)
    expect(page.next.value).toContain('一次性密码')
    expect(focused()).toBe('fresh')

    type(page, { fresh: 'one', again: 'another' })
    await page.submit()
    expect(Object.keys(page.problems.value)).toEqual(['again'])
    expect(api.changePassword).not.toHaveBeenCalled()

    vi.mocked(api.changePassword).mockRejectedValueOnce(refuse('password_too_short', 422))
    type(page, { again: 'one' })
    await page.submit()
    expect(page.problems.value.fresh).toContain('10')
    expect(page.fields.value).toMatchObject({ password: 'once-2345', fresh: '', again: '' })

    vi.mocked(api.changePassword).mockResolvedValue(STAFF)
    type(page, { fresh: 'rain on the window', again: 'rain on the window' })
    await page.submit()
    expect(vi.mocked(api.changePassword).mock.calls[1]?.[0]).toEqual({
      account: 'limin',
      password: 'once-2345',
      station_id: 's1',
      new_password: 'rain on the window',
    })
    expect(page.done).toHaveBeenCalledWith(STAFF)
  })
  it('asks for a code, and again when it is wrong, without the password being typed anew', async () => {
    vi.mocked(api.signIn).mockRejectedValueOnce(refuse('code_required'))
    const page = filled()
    await page.submit()
    expect(focused()).toBe('code')
    vi.mocked(api.signIn).mockRejectedValueOnce(refuse('wrong_code'))
    type(page, { code: '123456' })
    await page.submit()
    expect(page.problems.value.code).toContain('验证码')
    expect(page.fields.value).toMatchObject({ code: '', password: 'once-2345' })
    vi.mocked(api.signIn).mockResolvedValue(STAFF)
    type(page, { code: ' 654321 ' })
    await page.submit()
    expect(vi.mocked(api.signIn).mock.calls[2]?.[0]).toMatchObject({ code: '654321' })
    expect(page.done).toHaveBeenCalled()
  })
  it('binds a generator first where the role needs one, and then asks for its next code', async () => {
    vi.mocked(api.signIn).mockRejectedValueOnce(refuse('second_factor_missing', 403))
    const page = filled()
    await page.submit()
    expect(page.asked.value).toEqual({ fresh: false, code: false, bind: true })
    await page.bound()
    expect(page.asked.value).toEqual({ fresh: false, code: true, bind: false })
    expect(focused()).toBe('code')
  })
  it('begins again at a wrong password, but not when the network was at fault', async () => {
    const page = filled()
    page.asked.value = { fresh: false, code: true, bind: false }
    type(page, { code: '123456' })
    vi.mocked(api.signIn).mockRejectedValueOnce(new ApiError('offline', 0))
    await page.submit()
    expect(page.fields.value.password).toBe('once-2345')
    expect(page.asked.value.code).toBe(true)
    vi.mocked(api.signIn).mockRejectedValueOnce(refuse('wrong_password'))
    await page.submit()
    expect(page.fields.value).toMatchObject({ password: '', code: '' })
    expect(page.asked.value.code).toBe(false)
    expect(page.refused.value).toContain('密码')
    expect(focused()).toBe('password')
  })
})
