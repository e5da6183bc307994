/** 现在回呼: calling back before the agreed time whoever waits at home for it. */
import { computed, ref } from 'vue'
import { explain } from '@/api/problems'
import { unlockSound } from '@/call/ring'
import * as api from '../api'
import type { QueueRow } from '../types'
import { lastRing, trouble } from './acts'
import { now } from './clock'
import { callbacks, presence, refreshQueue, refreshState } from './desk'

/** A callback that is this clerk's to take, with the instant from which it may be called. */
export type Agreed = QueueRow & { callback_at: string; callback_from: string }
/** Nobody else is to take it. */
export const isMine = (row: QueueRow): row is Agreed => row.callback_at !== null && row.callback_from !== null
/** The next one first. */
export const mineToCall = computed(() => callbacks.value.filter(isMine))

/** What keeps this clerk from calling now. */
export function hindrance(row: Agreed): 'too-early' | 'not-ready' | null {
  if (Date.parse(row.callback_from) > now.value) return 'too-early'
  return presence.value?.wanted === 'ready' ? null : 'not-ready'
}

/** The ticket that is being called back; it may ring before the answer is there. */
export const calling = ref<string | null>(null)

export async function callBackNow(row: Agreed): Promise<void> {
  if (calling.value !== null || hindrance(row) !== null) return
  calling.value = row.ticket_id
  trouble.value = null
  lastRing.value = null
  void unlockSound()
  try {
    await api.callBackEarly(row.ticket_id)
  } catch (error) {
    trouble.value = explain(error)
    void refreshState()
    void refreshQueue() // this page saw an older state than the server has
  } finally {
    calling.value = null
  }
}
