/** Which picture is on the stage: what the server says, as far as this page has it. */
import { computed, type ComputedRef } from 'vue'
import type { CallView } from '@/call'

export interface OnStage {
  readonly stream: MediaStream | null
  /** Whether something can be seen; a camera that is off, or a screen that is still on its way, cannot. */
  readonly video: boolean
  readonly mine: boolean
  readonly kind: 'face' | 'document' | 'screen' | 'picture'
  readonly participant: string
  /** The file of a picture; null for what is live. */
  readonly file: string | null
  /** Whoever shares this screen lets nobody see it for the moment. */
  readonly covered: boolean
}

/** Null: nothing is on the stage, each side sees the other's face. */
export function onStage(view: CallView): OnStage | null {
  const stage = view.call?.stage ?? null
  if (stage === null) return null
  const { kind, participant_id: participant, file_id: file, covered } = stage
  const what = { kind, participant, file }
  if (kind === 'picture')
    return { ...what, stream: null, video: true, mine: participant === view.me, covered: false }
  if (participant === view.me) {
    const stream = kind === 'screen' ? view.screenStream : view.localStream
    const hidden = kind === 'screen' && view.screenCovered
    return { ...what, stream, video: stream !== null, mine: true, covered: hidden }
  }
  const seen = view.remote.find((one) => one.participant === participant && one.name === kind)
  return { ...what, stream: seen?.stream ?? null, video: seen?.video ?? false, mine: false, covered }
}

/** The streams whose voices are heard; the same list as long as nobody comes or goes, so that nothing is interrupted. */
export function useHeard(view: CallView): ComputedRef<readonly MediaStream[]> {
  return computed<readonly MediaStream[]>((before) => {
    const now = view.remote.filter(({ name }) => name === 'face').map(({ stream }) => stream)
    const same = before?.length === now.length && now.every((stream, index) => stream === before[index])
    return same ? before : now
  })
}
