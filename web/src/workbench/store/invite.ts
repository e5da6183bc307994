/** Who else is in the call or rung for it, and being asked into one oneself. */
import { computed, ref, shallowRef, watch } from 'vue'
import { explain } from '@/api/problems'
import type { RemoteMedia } from '@/call'
import * as api from '../api'
import { call, refreshState, session, whileLeaving } from './desk'
import { ask } from './stage'

/** A call holds so many people (`MOST_IN_CALL`); the server refuses the fifth, the page says so before. */
export const MOST = 4

/** This page belongs to who was asked in: another clerk serves. */
export const isGuest = computed(() => session.value?.part === 'invite')
export const invitations = computed(() => {
  const now = call.view.call
  return now === null || now.state === 'ended' ? [] : now.invitations
})
/** What was written instead of coming, by invitation: this page alone asks for it. */
export const replies = shallowRef<Readonly<Record<string, string>>>({})
/** Why the last one could not be fetched. */
export const replyProblem = ref<string | null>(null)
export async function readReply(id: string): Promise<void> {
  const on = call.view.call?.id
  if (on === undefined || isGuest.value || id in replies.value) return
  replyProblem.value = null
  try {
    const { words } = await api.getReply(on, id)
    replies.value = { ...replies.value, [id]: words }
  } catch (error) {
    replyProblem.value = explain(error)
  }
}
watch(
  () => invitations.value.find(({ state }) => state === 'replied')?.id,
  (id) => {
    if (id !== undefined) void readReply(id)
  },
)
export const ringing = computed(() => invitations.value.filter(({ state }) => state === 'ringing'))
/** Who is in the call besides this page, the citizen first. */
export const company = computed(() =>
  (call.view.call?.participants ?? []).filter(({ id }) => id !== call.view.me),
)
export const isFull = computed(() => company.value.length + 1 + ringing.value.length >= MOST)

/** Whose face fills the stage when nothing is on it: the citizen's. */
export const mainFace = computed<RemoteMedia | null>(() => {
  const faces = call.view.remote.filter(({ name }) => name === 'face')
  const citizen = company.value.find(({ side }) => side === 'applicant')
  return faces.find(({ participant }) => participant === citizen?.id) ?? faces[0] ?? null
})
/** The faces of the other staff. */
export const colleaguesIn = computed(() =>
  company.value
    .filter(({ side }) => side !== 'applicant')
    .map((person) => ({
      person,
      face:
        call.view.remote.find(({ name, participant }) => name === 'face' && participant === person.id) ??
        null,
    })),
)

/** The name of a member of staff in the call; null for the citizen. */
export const staffName = (participant: string): string | null =>
  company.value.find(({ id, side }) => id === participant && side !== 'applicant')?.name ?? null

/** What was refused had changed meanwhile, so the page looks again. */
async function askForCompany(act: (id: string) => Promise<unknown>): Promise<void> {
  if (!(await ask(act))) void refreshState()
}
export const takeBack = (invitation: string): Promise<void> =>
  askForCompany((id) => api.uninvite(id, invitation))
export const letGo = (participant: string): Promise<void> =>
  askForCompany((id) => api.removeFrom(id, participant))
export const leaveAsGuest = (): Promise<void> =>
  askForCompany((id) =>
    whileLeaving(async () => {
      await api.leaveCall(id)
    }),
  )
