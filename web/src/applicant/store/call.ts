/**
 * The one call of this tab, fed by the state document. Loaded only when a call comes near, since it brings the transports.
 */
import { ref, watch } from 'vue'
import { endCall, joinCall, measureCall } from '@/api/applicant'
import { createCall, type CallController } from '@/call'
import { signallingOver } from '@/live'
import { rememberRung } from '@/quality/rung'
import { useStatistics } from '@/quality/use-statistics'
import { useStills, type Stills } from '@/quality/use-stills'
import { outlive } from '@/ui/outlive'
import { live, moved, state } from './person'

let controller: CallController | null = null
/** The last still of each of the others; filled once there is a call. */
export let stills: Stills = new Map()

/** Other devices are being chosen; the bar and the choice about the line both lead there. */
export const choosingDevices = ref(false)

/** The tab's controller, made at first use; it joins by itself as soon as the state document has a call. */
export function theCall(): CallController {
  controller ??= outlive(makeCall)
  return controller
}

function makeCall(): CallController {
  const made = createCall({
    side: 'applicant',
    api: { join: joinCall, end: endCall },
    signalling: signallingOver(live),
  })
  rememberRung(made)
  stills = useStills(made)
  useStatistics(made, measureCall)
  watch(
    state,
    (document) => {
      // before the first answer nothing is known, which is not the same as no call
      if (document !== null) made.sync(document.call)
    },
    { immediate: true },
  )
  watch(moved, (away) => {
    if (!away) return
    made.sync(null) // the call goes on, on the other device
    made.releaseDevices()
  })
  return made
}
