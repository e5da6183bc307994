/** The stage of the clerk's call: whose picture both sides look at, and the tools to draw on it. */
import { computed, ref, watch } from 'vue'
import { explain } from '@/api/problems'
import type { RemoteMedia } from '@/call'
import { Board } from '@/stage/board'
import { useCover } from '@/stage/cover'
import { turnedOn, ZOOM, zoomed } from '@/stage/geometry'
import { Hand } from '@/stage/hand'
import type { Colour, Tool } from '@/stage/ink'
import { onStage } from '@/stage/on-stage'
import * as api from '../api'
import { call, session } from './desk'

export type Held = Tool | 'pointer'
export const TOOLS: readonly Held[] = ['pointer', 'pen', 'highlighter', 'arrow', 'box']
export const COLOURS: readonly Colour[] = ['red', 'yellow', 'blue']

export const tool = ref<Held>('pen')
export const colour = ref<Colour>('red')
/** The tools are out. */
export const annotating = ref(false)
/** The own picture, looked at by this clerk alone. */
export const lookingAtMe = ref(false)
/** Why the last thing could not be done; the sentence to show. */
export const stageProblem = ref<string | null>(null)

export const board = new Board({ call, read: api.getStrokes })
export const hand = new Hand(
  call,
  board,
  { draw: api.drawStroke, undo: api.undoStroke, clear: api.clearStrokes, look: api.turnStage },
  (error) => {
    stageProblem.value = explain(error)
  },
)
export const shown = computed(() => onStage(call.view))

watch(
  () => call.view.call?.id,
  () => {
    annotating.value = lookingAtMe.value = false
    stageProblem.value = null
  },
)

/** Does something to the call; what goes wrong is said above the stage. False when it did. */
export async function ask(act: (id: string) => Promise<unknown>): Promise<boolean> {
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

/** Puts a picture of the call where both sides see it large. */
export async function show(kind: 'face' | 'document' | 'screen', participant: string): Promise<void> {
  lookingAtMe.value = false
  const now = call.view.call?.stage
  if (now?.kind === kind && now.participant_id === participant) return
  await ask((id) => api.putOnStage(id, { kind, participant_id: participant }))
}

export async function showFaces(): Promise<void> {
  lookingAtMe.value = annotating.value = false
  if (call.view.call?.stage && !asGuest()) await ask(api.takeOffStage)
}

/** Who was asked in draws on what is there, and leaves to the clerk what that is. */
const asGuest = (): boolean => session.value?.part === 'invite'

/** Draws on what is shown; while the faces are, on the citizen's, who often holds a paper before the camera. */
export async function annotate(): Promise<void> {
  if (annotating.value) {
    annotating.value = false
    // A face that was put there only to be drawn on goes back to where it was.
    if (call.view.call?.stage?.kind === 'face' && !asGuest()) await showFaces()
    return
  }
  if (asGuest() && !call.view.call?.stage) return
  const citizen = call.view.call?.participants.find(({ side }) => side === 'applicant')
  const face: RemoteMedia | undefined = call.view.remote.find(
    ({ name, participant }) => name === 'face' && participant === citizen?.id,
  )
  if (!call.view.call?.stage && face) await show('face', face.participant)
  annotating.value = call.view.call !== null && stageProblem.value === null
}

export async function shareScreen(): Promise<void> {
  if (call.view.screenStream !== null) {
    call.stopScreen()
    return
  }
  if (call.view.call?.hold) return // nobody is to see the clerk meanwhile
  const me = call.view.me
  if ((await call.shareScreen()) === null && me !== null) await show('screen', me)
}

// However a shared screen ends — here, in the browser's own bar, by a reload — it leaves the stage.
watch(
  () => {
    const stage = call.view.call?.stage
    return (
      stage?.kind === 'screen' && stage.participant_id === call.view.me && call.view.screenStream === null
    )
  },
  (gone) => {
    if (gone) void showFaces()
  },
)

useCover(call.view, api.coverScreen)

export const canLook = computed(() => Boolean(call.view.call?.stage))
export const zoomedIn = computed(() => board.view.look.zoom > ZOOM.least)
export function zoom(factor: number): void {
  const { look } = board.view
  hand.look(zoomed(look, factor, { x: look.x, y: look.y }))
}
export const turn = (): void => {
  hand.look(turnedOn(board.view.look))
}
