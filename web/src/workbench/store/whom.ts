/** Whom a call goes to: somebody is asked in to help 邀请, or handed the whole of it 转接. One dialog for both. */
import { ref, shallowRef } from 'vue'
import { explain } from '@/api/problems'
import * as api from '../api'
import type { Candidate, TransferDesk } from '../types'
import { lastRing } from './acts'
import { call, offer, ticket, whileLeaving } from './desk'
import { isFull, isGuest } from './invite'

export type Way = 'invite' | 'transfer'
/** What the dialog is open for. */
export const way = ref<Way | null>(null)
export const people = shallowRef<Candidate[] | null>(null)
export const desks = shallowRef<DeskChoice[]>([])
/** Why the list could not be fetched, or nobody be asked; null when nothing went wrong. */
export const problem = ref<string | null>(null)
export const sending = ref(false)

/** A desk of which the system chooses somebody. Of an invitation only who is free is known. */
export interface DeskChoice {
  readonly id: string
  readonly name: string
  readonly free: number
  readonly present: number
  readonly queue: TransferDesk | null
  readonly may: boolean
}

export async function open(which: Way): Promise<void> {
  const may = !isGuest.value && call.view.call !== null && call.view.phase === 'connected'
  if (!may || (which === 'invite' && isFull.value)) return
  way.value = which
  await load()
}

export async function load(): Promise<void> {
  const id = call.view.call?.id
  const which = way.value
  if (id === undefined || which === null) return
  people.value = null
  desks.value = []
  problem.value = null
  try {
    if (which === 'invite') {
      const found = await api.getCandidates(id)
      if (way.value !== which) return
      people.value = found
      desks.value = desksOf(found)
    } else {
      const found = await api.getTransfers(id)
      if (way.value !== which) return
      people.value = found.people
      desks.value = found.desks.map(chosenBySystem)
    }
  } catch (error) {
    if (way.value === which) problem.value = explain(error)
  }
}

/** Who may be asked in, desk by desk. */
export function desksOf(found: readonly Candidate[]): DeskChoice[] {
  const names = [...new Set(found.map(({ desk }) => desk))]
  return names.map((name) => {
    const here = found.filter(({ desk }) => desk === name)
    const free = here.filter(({ state }) => state === 'ready').length
    const present = here.filter(({ state }) => ['ready', 'here', 'busy'].includes(state)).length
    return { id: name, name, free, present, queue: null, may: free > 0 }
  })
}

const chosenBySystem = (desk: TransferDesk): DeskChoice => ({
  id: desk.desk_id,
  name: desk.name,
  free: desk.free,
  present: desk.present,
  queue: desk,
  may: desk.open && desk.present > 0,
})

/** Whether somebody can be chosen; who is in the call already may be handed it, and needs no invitation. */
export const mayTake = (one: Candidate, which: Way): boolean =>
  one.state === 'ready' || (which === 'transfer' && one.state === 'here')

/** Whom the dialog proposes: the first who can come and has not just refused, else the first desk that can take it. */
export function proposed(found: readonly Candidate[], of: readonly DeskChoice[], which: Way): string | null {
  const free = found.filter((one) => mayTake(one, which))
  const person = free.find(({ answer }) => answer === null) ?? free[0]
  if (person !== undefined) return `person:${person.staff_id}`
  const desk = of.find(({ may }) => may)
  return desk === undefined ? null : `desk:${desk.id}`
}

/** Asks, or hands on, to what was chosen: `person:` or `desk:` and its key. `name` is said afterwards. */
export async function send(chosen: string, name: string, words: string): Promise<void> {
  const id = call.view.call?.id
  if (id === undefined || sending.value || way.value === null) return
  sending.value = true
  problem.value = null
  try {
    if (way.value === 'invite') await api.inviteInto(id, personOf(chosen), words)
    else await handOn(id, chosen, name, words)
    way.value = null
  } catch (error) {
    const said = explain(error)
    await load()
    problem.value = said
  } finally {
    sending.value = false
  }
}

/** Of a desk the best who is free is asked in. */
function personOf(chosen: string): string {
  const [kind, id = ''] = parts(chosen)
  if (kind === 'person') return id
  return people.value?.find(({ desk, state }) => desk === id && state === 'ready')?.staff_id ?? ''
}

async function handOn(call_id: string, chosen: string, name: string, words: string): Promise<void> {
  const [kind, id = ''] = parts(chosen)
  const number = ticket.value?.number ?? null
  await whileLeaving(async () => {
    await api.transferCall(call_id, { to: kind === 'desk' ? 'desk' : 'person', id, words })
  })
  // With a queue the next ring is there before the answer, and what happened to the one before is no news any more.
  if (offer.value === null) lastRing.value = { how: 'handed', kind: 'serve', number, to: name }
}

const parts = (chosen: string): string[] => {
  const at = chosen.indexOf(':')
  return [chosen.slice(0, at), chosen.slice(at + 1)]
}
