/** Hold: neither side hears the other while the clerk looks something up. */
import { computed, ref } from 'vue'
import { explain } from '@/api/problems'
import { holdCall, resumeCall } from '../api'
import { now } from './clock'
import { call } from './desk'
import { stageProblem } from './stage'

export const held = computed(() => {
  const known = call.view.call
  return known === null || known.state === 'ended' ? null : known.hold
})
/** The person has waited for longer than somebody should without a word. */
export const overdue = computed(() => held.value !== null && now.value >= Date.parse(held.value.remind_at))
const asking = ref(false)

export async function toggleHold(): Promise<void> {
  const id = call.view.call?.id
  if (id === undefined || asking.value) return
  asking.value = true
  stageProblem.value = null
  try {
    if (held.value === null) {
      call.stopScreen() // what lies on the clerk's screen is not for waiting eyes
      await holdCall(id)
    } else await resumeCall(id)
  } catch (error) {
    stageProblem.value = explain(error)
  } finally {
    asking.value = false
  }
}
