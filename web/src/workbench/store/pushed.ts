/** Pushing to the citizen: what was pushed in this session, and the dialog that pushes. */
import { computed, ref, watch } from 'vue'
import { explain } from '@/api/problems'
import { withKey } from '@/api/keys'
import type { components } from '@/api/schema'
import { usePushed } from '@/pushed/list'
import { http } from '../api'
import { call } from './desk'

export type LinkAsked = components['schemas']['LinkAsked']

/** The clerk is choosing what to push. */
export const choosingPush = ref(false)
/** Why the last push was refused; the sentence to show in the dialog. */
export const pushProblem = ref<string | null>(null)
export const pushing = ref(false)

export const { list: pushed, refresh: refreshPushed } = usePushed(http, call.view)
export const lastPushed = computed(() => pushed.value[0] ?? null)

watch(
  () => call.view.call?.id,
  () => {
    choosingPush.value = false
  },
)
watch(choosingPush, () => {
  pushProblem.value = null
})

/** Does it while nothing else is being pushed; a refusal stays in the dialog as its sentence. */
export async function tryPush(act: (call: string) => Promise<unknown>): Promise<boolean> {
  const id = call.view.call?.id
  if (id === undefined || pushing.value) return false
  pushing.value = true
  pushProblem.value = null
  try {
    await act(id)
    choosingPush.value = false
    return true
  } catch (error) {
    pushProblem.value = explain(error)
    return false
  } finally {
    pushing.value = false
  }
}

export const pushLink = (body: LinkAsked): Promise<boolean> =>
  tryPush((id) => withKey(`push:${id}`, body, (key) => http.post(`/api/calls/${id}/links`, { body, key })))
