/** Fetches again what is behind the state document, until it is not: by and by, and at once when something has come back. */
import { onBeforeUnmount, watch } from 'vue'
import { live } from '../store/person'

/** The first pause after a try that did not help, and the longest, in milliseconds. */
const FIRST_MS = 3_000
const LONGEST_MS = 60_000

/** `load` does not throw; while `behind` it is asked again. */
export function useCatchingUp(behind: () => boolean, load: () => Promise<unknown>): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let pause = FIRST_MS
  let busy = false
  let left = false

  async function attempt(): Promise<void> {
    clearTimeout(timer)
    if (busy || left || !behind()) return
    busy = true
    await load()
    busy = false
    if (left || !behind()) return
    timer = setTimeout(() => void attempt(), pause)
    pause = Math.min(pause * 2, LONGEST_MS)
  }
  function atOnce(): void {
    pause = FIRST_MS
    void attempt()
  }
  const onVisible = (): void => {
    if (document.visibilityState === 'visible') atOnce()
  }
  watch(behind, atOnce, { immediate: true })
  const stop = live.on('welcome', atOnce)
  document.addEventListener('visibilitychange', onVisible)
  onBeforeUnmount(() => {
    left = true
    clearTimeout(timer)
    stop()
    document.removeEventListener('visibilitychange', onVisible)
  })
}
