/** Agreeing on a callback with the person in the call: the last step of the weak-network ladder. */
import { ref, shallowRef } from 'vue'
import { explain } from '@/api/problems'
import * as api from '../api'
import { call, refreshState, session } from './desk'
import { isGuest } from './invite'

export type CallbackOffer = Awaited<ReturnType<typeof api.getCallbackOffer>>

export const choosingCallback = ref(false)
export const callbackOffer = shallowRef<CallbackOffer | null>(null)
/** Why the times could not be fetched, or none be agreed on; null when nothing went wrong. */
export const callbackProblem = ref<string | null>(null)
export const agreeing = ref(false)

/** It can be agreed on in any call, also while the line is broken: then all the more. */
export const canCallBack = (): boolean =>
  !isGuest.value && session.value !== null && call.view.call !== null && call.view.phase !== 'elsewhere'

export async function openCallback(): Promise<void> {
  if (!canCallBack()) return
  choosingCallback.value = true
  callbackOffer.value = null
  callbackProblem.value = null
  await loadCallback()
}

async function loadCallback(): Promise<void> {
  const id = session.value?.ticket_id
  if (id === undefined) return
  try {
    callbackOffer.value = await api.getCallbackOffer(id)
  } catch (error) {
    callbackProblem.value = explain(error)
  }
}

export async function agree(minutes: number): Promise<void> {
  const id = session.value?.ticket_id
  if (id === undefined || agreeing.value) return
  agreeing.value = true
  callbackProblem.value = null
  try {
    await api.agreeOnCallback(id, minutes)
    choosingCallback.value = false
    await refreshState()
  } catch (error) {
    callbackProblem.value = explain(error)
    void loadCallback() // it may be later than this page thought
  } finally {
    agreeing.value = false
  }
}
