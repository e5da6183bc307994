/** 遮住屏幕: keeps the server told whether the own screen on the stage is covered; the picture itself stops at once by itself. */
import { computed, watch } from 'vue'
import type { CallView } from '@/call'

/** After so long it is told again when the line had failed, in milliseconds. */
const AGAIN_MS = 2_000

export type TellCovered = (call: string, no: number, covered: boolean) => Promise<unknown>

/** What the server has not heard yet of the own screen; null when it knows. */
export function untold(view: CallView): { call: string; no: number; covered: boolean } | null {
  const stage = view.call?.stage ?? null
  if (view.call === null || stage?.kind !== 'screen' || stage.participant_id !== view.me) return null
  if (view.screenStream === null || stage.covered === view.screenCovered) return null
  return { call: view.call.id, no: stage.no, covered: view.screenCovered }
}

export function useCover(view: CallView, tell: TellCovered): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const left = computed(() => untold(view))
  async function say(): Promise<void> {
    clearTimeout(timer)
    const now = left.value
    if (now === null) return
    await tell(now.call, now.no, now.covered).catch(() => undefined)
    timer = setTimeout(() => void say(), AGAIN_MS)
  }
  watch(left, say)
}
