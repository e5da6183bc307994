/**
 * The workbench's one store: who sits here, the state document kept by events, and what is fetched beside it.
 * Pages read; what they do goes through `acts.ts`.
 */
import { computed, ref, shallowRef, watch } from 'vue'
import { explain } from '@/api/problems'
import { createCall, SETTLE_MS, settledOf } from '@/call'
import { createRinger } from '@/call/ring'
import { setTimeZone } from '@/i18n/format'
import { createLive, createStateStore, signallingOver, type Line } from '@/live'
import { COALESCE_MS } from '@/live/hints'
import { rememberRung } from '@/quality/rung'
import { useStatistics } from '@/quality/use-statistics'
import { useStills } from '@/quality/use-stills'
import * as api from '../api'
import type { Colleague, Outcome, QueueRow, Staff, TicketDetail, Today, WorkbenchState } from '../types'
import { setServerTime, startClock } from './clock'

export const staff = shallowRef<Staff | null>(null)
export const deployment = shallowRef<Awaited<ReturnType<typeof api.getDeployment>> | null>(null)
export const today = shallowRef<Today | null>(null)
/** Who waits, and beside them who agreed on a callback and waits at home until then, the next one first. */
export const queue = shallowRef<QueueRow[] | null>(null)
export const callbacks = shallowRef<QueueRow[]>([])
export const colleagues = shallowRef<Colleague[] | null>(null)
export const outcomes = shallowRef<Outcome[]>([])
export const ticket = shallowRef<TicketDetail | null>(null)
export const line = ref<Line>('connecting')
/** The login has ended somewhere else or by time; the pages say so at the sign-in. */
export const signedOut = ref(false)
/** Nothing could be fetched at the beginning: the sentence to show. */
export const loadProblem = ref<string | null>(null)

/** Whoever serves sits at a window; the others, such as supervisors, have no state to be told of. */
export const serves = (who: Staff | null): boolean => who !== null && who.station !== null

/** Roles that watch over windows (the server decides; this only finds the pages). */
const WATCHING = ['shift_supervisor', 'centre_admin']
export const watches = (who: Staff | null): boolean =>
  who !== null && who.roles.some((role) => WATCHING.includes(role))

const documents = createStateStore<WorkbenchState>(async () => {
  const fresh = await api.getState()
  setServerTime(fresh.server_time)
  return fresh
})
export const state = documents.state
/** Why the state document could not be fetched the last time; null when it could. */
export const stateError = documents.error
export const presence = computed(() => state.value?.presence ?? null)
export const offer = computed(() => state.value?.offer ?? null)
export const session = computed(() => state.value?.session ?? null)
/** The session that this page leaves or hands on: what belongs to it is soon not for this page, and not asked for any more. */
export const leaving = ref<string | null>(null)
watch(session, (next) => {
  if (next === null) leaving.value = null // one may be asked into it again
})
export async function whileLeaving(act: () => Promise<void>): Promise<void> {
  leaving.value = session.value?.id ?? null
  try {
    await act()
  } catch (error) {
    leaving.value = null
    throw error
  }
}
export const unfinished = computed(() => state.value?.unfinished ?? [])

export const live = createLive({ face: 'staff', http: api.http, cursors: () => documents.cursors() })
export const call = createCall({
  side: 'clerk',
  api: { join: api.joinCall, end: api.endCall },
  signalling: signallingOver(live),
})
/** The call has come to rest, and what stands beside it may be fetched. */
export const settled = settledOf(call.view)
rememberRung(call)
useStatistics(call, api.measureCall)
/** The last still of each of the others. */
export const stills = useStills(call)
export const ringer = createRinger()

live.on('welcome', (message) => {
  setServerTime(message.server_time)
})
live.on('signed_out', () => {
  leave()
  signedOut.value = true
})
live.onLine((next) => {
  line.value = next
})

/** The ticket that is ringing, talked about or being closed. */
const ticketId = computed(() => session.value?.ticket_id ?? offer.value?.ticket_id ?? null)
watch(ticketId, (id) => void loadTicket(id))

async function loadTicket(id: string | null): Promise<void> {
  if (id === null || ticket.value?.ticket_id === id) return
  ticket.value = null
  try {
    const found = await api.getTicket(id)
    if (ticketId.value === id) ticket.value = found
  } catch {
    // Withdrawn meanwhile; or the line is down, and the next change of state asks again.
  }
}

/** The matter that the ticket was taken for has become another one. */
export async function reloadTicket(): Promise<void> {
  const id = ticketId.value
  if (id === null) return
  try {
    const found = await api.getTicket(id)
    if (ticketId.value === id) ticket.value = found
  } catch {
    // as above
  }
}

export async function refreshQueue(): Promise<void> {
  if (!serves(staff.value)) return
  try {
    const [rows, present] = await Promise.all([api.getQueue(), api.getColleagues()])
    const isAgreed = (row: QueueRow): boolean => row.state === 'parked' && row.callback_at !== null
    queue.value = rows.filter((row) => !isAgreed(row))
    callbacks.value = rows.filter(isAgreed)
    colleagues.value = present
  } catch {
    // Shown as it was; the hint after the next reconnection fetches again.
  }
}

export async function refreshToday(): Promise<void> {
  try {
    today.value = await api.getToday()
  } catch {
    // as above
  }
}

/** First question of the page: who is here. True when somebody is signed in. */
export async function begin(): Promise<boolean> {
  startClock()
  try {
    const [known, who] = await Promise.all([api.getDeployment(), api.getMe()])
    deployment.value = known
    setTimeZone(known.time_zone)
    setServerTime(known.server_time)
    if (who !== null) await enter(who)
    loadProblem.value = null
    return who !== null
  } catch (error) {
    loadProblem.value = explain(error)
    return false
  }
}

/** After signing in, or after a reload with a live login. */
export async function enter(who: Staff): Promise<void> {
  staff.value = who
  signedOut.value = false
  if (!serves(who)) {
    live.start()
    return
  }
  documents.follow(live)
  await documents.refresh()
  live.watch(who.desks.flatMap((desk) => [`desk:${desk.id}`, `letters:${desk.id}`]))
  live.start()
  void loadTicket(ticketId.value)
  void refreshQueue()
  void refreshToday()
  if (outcomes.value.length === 0) outcomes.value = await api.getOutcomes().catch(() => [])
}

/** Forgets the login on this page. */
export function leave(): void {
  live.stop()
  documents.stop()
  documents.clear()
  ringer.stop()
  call.sync(null)
  call.releaseDevices()
  staff.value = null
  ticket.value = null
  queue.value = colleagues.value = null
  callbacks.value = []
  today.value = null
}

export const refreshState = async (): Promise<void> => {
  if (serves(staff.value)) await documents.refresh()
}

let hinted: ReturnType<typeof setTimeout> | undefined
/** Ten hints, one fetch; also after every reconnection, since hints are not replayed. */
function queueSoon(milliseconds = COALESCE_MS): void {
  hinted ??= setTimeout(() => {
    hinted = undefined
    void refreshQueue()
  }, milliseconds)
}
live.on('hint', ({ key }) => {
  if (staff.value?.desks.some((desk) => key === `desk:${desk.id}`) === true) queueSoon()
})
live.on('welcome', () => {
  queueSoon()
})
watch(
  () => state.value?.call,
  (next) => {
    if (staff.value !== null) call.sync(next ?? null)
  },
)
watch(
  () => [presence.value?.work, presence.value?.wanted, presence.value?.reason],
  () => {
    if (presence.value?.work === 'serving')
      queueSoon(SETTLE_MS) // a call begins: its first pictures come before the list
    else void refreshQueue()
    if (presence.value?.work === 'idle') void refreshToday()
  },
)
/** Devices stay open while ready, so that answering shows a picture at once; they are let go on break. */
watch(
  () => presence.value !== null && (presence.value.wanted === 'ready' || presence.value.work !== 'idle'),
  (wanted) => {
    if (wanted) void call.openDevices()
    else call.releaseDevices()
  },
)
watch(offer, (next, before) => {
  if (next === null) ringer.stop()
  else if (next.engagement_id !== before?.engagement_id) {
    // a ring that only rings for longer has been heard
    ringer.start()
    void call.openDevices().then(() => {
      call.prepare()
    })
  }
})
