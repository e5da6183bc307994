/** What was pushed in the session of a call, fetched anew whenever the call says that something changed. */
import { shallowRef, watch, type ShallowRef } from 'vue'
import type { Http } from '@/api/http'
import { settledOf, type CallView } from '@/call'
import type { PushedView } from './words'

export interface PushedList {
  readonly list: ShallowRef<readonly PushedView[]>
  refresh(): Promise<void>
}

export function usePushed(http: Pick<Http, 'get'>, view: CallView): PushedList {
  const list = shallowRef<readonly PushedView[]>([])
  const settled = settledOf(view)
  let session: string | null = null
  async function refresh(): Promise<void> {
    const asked = session
    if (asked === null) return
    try {
      const found = await http.get<PushedView[]>(`/api/sessions/${asked}/pushed`, { background: true })
      if (session === asked) list.value = found
    } catch {
      // Shown as it was; the next change asks again.
    }
  }
  watch(
    [() => view.call?.session_id ?? null, () => view.call?.pushed ?? 0, settled],
    ([id, number, calm]) => {
      if (id !== session) list.value = []
      session = id
      if (calm && number > 0) void refresh()
    },
    { immediate: true },
  )
  return { list, refresh }
}
