/** The pictures of the clerk's session: those that came, one of them on the stage, a frame that is frozen, a photo that is asked for. */
import { computed, ref, shallowRef, watch } from 'vue'
import { uuid } from '@/api/http'
import { explain } from '@/api/problems'
import { withKey } from '@/api/keys'
import type { components } from '@/api/schema'
import { sendFile } from '@/files/upload'
import { stillOf } from '@/stage/still'
import { http, putOnStage } from '../api'
import type { PictureView } from '../types'
import { call, leaving, settled, state } from './desk'
import { annotating, lookingAtMe, showFaces, stageProblem } from './stage'

type Schemas = components['schemas']
export type PhotoOf = Schemas['PhotoRequestView']['what']

export const pictures = shallowRef<readonly PictureView[]>([])
/** Where the live picture of the stage is drawn, so that what is frozen is what was seen. */
export const stageVideo = shallowRef<HTMLVideoElement | null>(null)
/** A frame is on its way to the server. */
export const freezing = ref(false)
/** The clerk is choosing what to ask for. */
export const choosingPhoto = ref(false)
/** The pictures that this page has shown large; the others are new. */
const seen = ref<ReadonlySet<string>>(new Set())

/** What was live before a frame was frozen. */
let liveBefore: { kind: 'face' | 'document' | 'screen'; participant: string } | null = null

export const addressOf = (file: string): string => `/api/files/${file}?face=staff`
/** The same made small, for the strip. */
export const smallOf = (file: string): string => `/api/files/${file}/small?face=staff`
export const photo = computed(() => call.view.call?.photo ?? null)
export const photoAsked = computed(() => photo.value?.state === 'asked')
const onStage = computed(() => call.view.call?.stage ?? null)
export const shownFile = computed(() => onStage.value?.file_id ?? null)
export const isNew = (one: PictureView): boolean => one.side === 'applicant' && !seen.value.has(one.id)

const session = computed(() => call.view.call?.session_id ?? null)
watch(session, () => {
  pictures.value = []
  liveBefore = null
  choosingPhoto.value = false
})
/** Whatever may have brought a picture: a photo that came, one put on the stage by the other side, or said in the chat. */
watch(
  [session, settled, () => photo.value?.file_id, shownFile, () => state.value?.chat?.last],
  () => {
    if (settled.value) void refreshPictures()
  },
  { immediate: true },
)
watch(shownFile, (file) => {
  if (file !== null) seen.value = new Set([...seen.value, file])
})

export async function refreshPictures(): Promise<void> {
  const id = session.value
  if (id === null || id === leaving.value) return
  try {
    const found = await http.get<PictureView[]>(`/api/sessions/${id}/pictures`, { background: true })
    if (session.value === id) pictures.value = found
  } catch {
    // Shown as it was; the next change asks again.
  }
}

async function tried(act: (call: string) => Promise<unknown>): Promise<boolean> {
  const id = call.view.call?.id
  if (id === undefined) return false
  stageProblem.value = null
  try {
    await act(id)
    return true
  } catch (error) {
    stageProblem.value = explain(error)
    return false
  }
}

/** Puts a picture where both sides see it large. */
export async function showPicture(file: string): Promise<void> {
  const me = call.view.me
  lookingAtMe.value = false
  if (me === null || shownFile.value === file) return
  await tried((id) => putOnStage(id, { kind: 'picture', participant_id: me, file_id: file }))
}

/** The latest picture that came, with one key. */
export async function showLatest(): Promise<void> {
  const latest = pictures.value.find(isNew) ?? pictures.value[0]
  if (latest !== undefined) await showPicture(latest.id)
}

/** A frame is on the stage that was frozen there. */
export const frozen = computed(() =>
  pictures.value.some(({ id, purpose }) => id === shownFile.value && purpose === 'frame'),
)

/** Holds the live picture of the stage, or lets it go on. */
export async function freeze(): Promise<void> {
  if (frozen.value) await letGo()
  else if (stageVideo.value !== null && call.view.phase === 'connected' && !freezing.value) {
    freezing.value = true
    try {
      await freezeFrame(stageVideo.value)
    } finally {
      freezing.value = false
    }
  }
}

async function freezeFrame(video: HTMLVideoElement): Promise<void> {
  const { me, call: now } = call.view
  const still = await stillOf(video)
  if (still === null || me === null || now === null) return
  const { stage } = now
  liveBefore =
    stage === null || stage.kind === 'picture'
      ? null
      : { kind: stage.kind, participant: stage.participant_id }
  await tried(async (id) => {
    const file = await sendFile(http, {
      session: now.session_id,
      purpose: 'frame',
      body: still.blob,
      key: uuid(),
    })
    await putOnStage(id, { kind: 'picture', participant_id: me, file_id: file.id })
  })
}

/** What was live comes back; after a reload of this page nobody knows what it was, and the faces do. */
async function letGo(): Promise<void> {
  const back = liveBefore
  liveBefore = null
  // A face that was put there only to be drawn on goes back to where it was.
  if (back === null || (back.kind === 'face' && !annotating.value)) await showFaces()
  else await tried((id) => putOnStage(id, { kind: back.kind, participant_id: back.participant }))
}

export async function askPhoto(what: PhotoOf, material: string | null = null): Promise<void> {
  const body = { what, material }
  const asked = await tried((id) =>
    withKey(`photo:${id}`, body, (key) => http.post(`/api/calls/${id}/photos`, { body, key })),
  )
  if (asked) choosingPhoto.value = false
}

export async function withdrawPhoto(): Promise<void> {
  const request = photo.value?.id
  await tried((id) => http.post(`/api/calls/${id}/photos/${request ?? ''}/withdraw`))
}
