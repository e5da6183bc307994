/** The stage of the citizen's call, loaded with it: what the clerk shows and draws, and the screen that is shared from a PC. */
import { computed, watch, type ComputedRef } from 'vue'
import { coverScreen, getStrokes, showScreen, takeOffStage } from '@/api/applicant'
import type { DeviceState } from '@/call'
import { Board } from '@/stage/board'
import { useCover } from '@/stage/cover'
import { onStage, type OnStage } from '@/stage/on-stage'
import { outlive } from '@/ui/outlive'
import { theCall } from './call'

export interface CitizensStage {
  readonly board: Board
  readonly shown: ComputedRef<OnStage | null>
  /** Shares a screen, or stops. Returns why not, where the browser has a reason; rejects when the server refuses. */
  share(): Promise<DeviceState | null>
}

let made: CitizensStage | null = null

export function theStage(): CitizensStage {
  made ??= outlive(makeStage)
  return made
}

function makeStage(): CitizensStage {
  const call = theCall()
  const { view } = call
  const shown = computed(() => onStage(view))
  // However a shared screen ends — here, in the browser's own bar, by a reload — it leaves the stage.
  watch(
    () => shown.value?.mine === true && shown.value.kind === 'screen' && view.screenStream === null,
    (gone) => {
      if (gone && view.call !== null) takeOffStage(view.call.id).catch(() => undefined)
    },
  )
  useCover(view, coverScreen)
  return {
    board: new Board({ call, read: getStrokes }),
    shown,
    async share() {
      if (view.screenStream !== null) {
        call.stopScreen()
        return null
      }
      const problem = await call.shareScreen()
      if (problem === null && view.call !== null && view.me !== null) await showScreen(view.call.id, view.me)
      return problem
    },
  }
}
