/** When a call has come to rest: what is fetched beside it waits until then, since it would stand before the first pictures. */
import { readonly, ref, watch, type Ref } from 'vue'
import type { CallView } from './controller'

/** The first pictures follow the first sound within this time, in milliseconds. */
export const SETTLE_MS = 1500

/** Whether the two have been connected for a while. */
export function settledOf(view: Pick<CallView, 'phase'>): Readonly<Ref<boolean>> {
  const settled = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(
    () => view.phase === 'connected',
    (connected) => {
      clearTimeout(timer)
      if (!connected) settled.value = false
      else
        timer = setTimeout(() => {
          settled.value = true
        }, SETTLE_MS)
    },
    { immediate: true },
  )
  return readonly(settled)
}
