/** The rings that led to the break which goes on, and why they were missed: said when that break is left. */
import { computed, ref, shallowRef, watch } from 'vue'
import { ApiError } from '@/api/http'
import { explain } from '@/api/problems'
import * as api from '../api'
import type { Miss, MissReason } from '../types'
import { presence, queue } from './desk'

export const MISS_REASONS: readonly MissReason[] = ['unnoticed', 'helping_on_site', 'away_from_seat']
/** What the clerk says; nothing is recorded that nobody said. */
export const missReason = ref<MissReason | null>(null)
/** Null until they are known. */
export const misses = shallowRef<Miss[] | null>(null)
export const missesProblem = ref<string | null>(null)

/** Which pause: since when; null when there is none. */
const pause = computed(() => {
  const here = presence.value
  return here?.wanted === 'break' && here.reason === 'missed_rings' ? here.since : null
})

let asked = 0
export async function refreshMisses(): Promise<void> {
  const ask = ++asked
  try {
    const found = await api.getMisses()
    if (ask !== asked) return
    misses.value = found
    missesProblem.value = null
  } catch (error) {
    if (ask === asked) missesProblem.value = explain(error)
  }
}

watch(
  pause,
  (now) => {
    asked += 1
    misses.value = missesProblem.value = null
    missReason.value = null
    if (now !== null) void refreshMisses()
  },
  { immediate: true },
)
/** What became of them changes with the queue, and is asked for upon the same hints. */
watch(queue, () => {
  if (pause.value !== null) void refreshMisses()
})

/** A refusal keeps nobody from coming back: another tab may have left the break already. */
export async function explainMisses(): Promise<void> {
  if (pause.value === null || missReason.value === null) return
  try {
    await api.explainMisses(missReason.value)
  } catch (error) {
    if (!(error instanceof ApiError) || error.lost) throw error
  }
}
