/** Pushing to the citizen: what was pushed in this session, and the dialog that pushes. */
import { computed, ref, watch } from 'vue'
import { uuid } from '@/api/http'
import { explain } from '@/api/problems'
import { withKey } from '@/api/keys'
import type { components } from '@/api/schema'
import { sendFile } from '@/files/upload'
import { usePushed } from '@/pushed/list'
import { pageOn } from '@/pushed/pages'
import type { PushedView } from '@/pushed/words'
import { http } from '../api'
import { call } from './desk'
import { showPicture, shownFile } from './pictures'

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

/** How much of the document is on its way, from 0 to 1; null when none is. */
export const sent = ref<number | null>(null)
let stop: AbortController | null = null

/** Pushes a file; what is under way ends when the dialog is closed. */
export async function pushDocument(file: File): Promise<void> {
  stop = new AbortController()
  const { signal } = stop
  sent.value = 0
  await tryPush(async (id) => {
    const session = call.view.call?.session_id ?? ''
    try {
      await sendFile<{ id: string }>(http, {
        session,
        purpose: 'document',
        to: `/api/calls/${id}/documents`,
        body: file,
        name: file.name,
        key: uuid(),
        signal,
        onProgress: (share) => {
          sent.value = share
        },
      })
    } catch (error) {
      if (!signal.aborted) throw error
    }
  })
  sent.value = null
}
watch(choosingPush, (open) => {
  if (!open) stop?.abort()
})

/** The page of a pushed document that is on the stage. */
export const paperOn = computed(() => pageOn(pushed.value, shownFile.value))

export async function showDocument({ pages }: PushedView): Promise<void> {
  choosingPush.value = false
  if (pages[0] !== undefined) await showPicture(pages[0])
}
export async function turnPage(by: number): Promise<void> {
  const on = paperOn.value
  const next = on?.document.pages[on.page - 1 + by]
  if (next !== undefined) await showPicture(next)
}
