/**
 * Signing in, step by step: account, password and seat first; then what the server asks for — a new password, the code
 * of a generator, or binding one.
 */
import { computed, nextTick, ref, shallowRef } from 'vue'
import { ApiError } from '@/api/http'
import { explain } from '@/api/problems'
import { unlockSound } from '@/call/ring'
import { messages, t } from '@/i18n'
import { readStored, writeStored } from '@/ui/stored'
import * as api from '../api'
import type { Staff, StationChoice } from '../types'

const words = messages({
  needAccount: { zh: '请填账号', en: 'Enter your account' },
  needPassword: { zh: '请填密码', en: 'Enter your password' },
  needStation: { zh: '请选今天坐的窗口', en: 'Choose today’s counter' },
  needNew: { zh: '请设一个新密码', en: 'Choose a new password' },
  notSame: { zh: '两次输入的新密码不一样', en: 'The two new passwords differ' },
  needCode: { zh: '请填验证码', en: 'Enter the code' },
})

export type Field = 'account' | 'password' | 'fresh' | 'again' | 'code' | 'station'
/** What the server has asked for beyond account, password and seat. */
export interface Asked {
  fresh: boolean
  code: boolean
  bind: boolean
}
/** The choice of those who sit at no window. */
export const NO_SEAT = 'none'
const NOTHING: Asked = { fresh: false, code: false, bind: false }
/** Refusals that are a next step, with the field that it begins in. */
const STEPS: Record<string, { asks: Partial<Asked>; first: Field | null }> = {
  password_must_change: { asks: { fresh: true }, first: 'fresh' },
  code_required: { asks: { code: true }, first: 'code' },
  second_factor_missing: { asks: { bind: true }, first: null },
}
/** Refusals that are about one field; any other begins again at the password. */
const ABOUT: Record<string, Field> = {
  wrong_code: 'code',
  password_too_short: 'fresh',
  password_too_common: 'fresh',
  password_unchanged: 'fresh',
  station_needed: 'station',
  station_unknown: 'station',
}

export function createSignIn(done: (who: Staff) => Promise<void>) {
  const fields = ref<Record<Field, string>>({
    account: readStored('staff-account') ?? '',
    password: '',
    fresh: '',
    again: '',
    code: '',
    station: readStored('staff-station') ?? '',
  })
  const stations = shallowRef<StationChoice[]>([])
  const asked = ref<Asked>({ ...NOTHING })
  const problems = ref<Partial<Record<Field, string>>>({})
  const refused = ref<string | null>(null)
  /** The sentence of the step that the server asked for. */
  const next = ref<string | null>(null)
  const busy = ref(false)

  async function focus(field: Field | undefined | null): Promise<void> {
    await nextTick()
    if (field !== undefined && field !== null) document.getElementById(field)?.focus()
  }

  function missing(): Partial<Record<Field, string>> {
    const { account, password, fresh, again, code, station } = fields.value
    return {
      ...(account.trim() === '' && { account: t(words.needAccount) }),
      ...(password === '' && { password: t(words.needPassword) }),
      ...(asked.value.fresh && fresh === '' && { fresh: t(words.needNew) }),
      ...(asked.value.fresh && fresh !== again && { again: t(words.notSame) }),
      ...(asked.value.code && code.trim() === '' && { code: t(words.needCode) }),
      ...(station === '' && { station: t(words.needStation) }),
    }
  }

  const who = computed(() => ({ account: fields.value.account.trim(), password: fields.value.password }))

  function send(): Promise<Staff | null> {
    const { fresh, code, station } = fields.value
    const seat = station === NO_SEAT ? null : station
    const body = { ...who.value, station_id: seat, ...(asked.value.code && { code: code.trim() }) }
    return asked.value.fresh ? api.changePassword({ ...body, new_password: fresh }) : api.signIn(body)
  }

  async function submit(): Promise<void> {
    problems.value = missing()
    const first = Object.keys(problems.value)[0] as Field | undefined
    if (first !== undefined) {
      await focus(first)
      return
    }
    void unlockSound()
    busy.value = true
    refused.value = null
    try {
      const staff = await send()
      if (staff === null) return
      writeStored('staff-account', who.value.account)
      writeStored('staff-station', fields.value.station)
      await done(staff)
    } catch (error) {
      await answer(error)
    } finally {
      busy.value = false
    }
  }

  async function answer(error: unknown): Promise<void> {
    const code = error instanceof ApiError ? error.code : ''
    const step = STEPS[code]
    if (step !== undefined) {
      asked.value = { ...asked.value, ...step.asks }
      next.value = explain(error)
      await focus(step.first)
      return
    }
    const field = ABOUT[code]
    if (field === undefined) {
      refused.value = explain(error)
      // The network may come back; anything else was the account's or the password's fault.
      if (!(error instanceof ApiError && error.lost)) {
        startAnew()
        fields.value.password = ''
      }
      await focus('password')
      return
    }
    problems.value = { [field]: explain(error) }
    fields.value = { ...fields.value, [field]: '', ...(field === 'fresh' && { again: '' }) }
    await focus(field)
  }

  /** Begins again with account and password, as after a wrong one or when the account is another now. */
  function startAnew(): void {
    asked.value = { ...NOTHING }
    next.value = null
    fields.value = { ...fields.value, fresh: '', again: '', code: '' }
  }

  /** A generator has been bound: now its next code signs in. */
  async function bound(): Promise<void> {
    asked.value = { ...asked.value, bind: false, code: true }
    next.value = null
    await focus('code')
  }

  async function loadStations(): Promise<void> {
    try {
      stations.value = await api.getStations()
      const { station } = fields.value
      if (station !== NO_SEAT && !stations.value.some((one) => one.id === station)) fields.value.station = ''
    } catch (error) {
      refused.value = explain(error)
    }
  }

  return {
    fields,
    stations,
    asked,
    problems,
    refused,
    next,
    busy,
    who,
    submit,
    startAnew,
    bound,
    loadStations,
  }
}
