/** Keeps the screen on while someone waits or talks; given back by the browser when the page is hidden, so asked again. */
import { onBeforeUnmount, onMounted } from 'vue'

interface Lock {
  release(): Promise<void>
}
type WithWakeLock = Navigator & { wakeLock?: { request(kind: 'screen'): Promise<Lock> } }

export function useWakeLock(): void {
  let lock: Lock | null = null
  let wanted = true
  async function ask(): Promise<void> {
    if (document.visibilityState !== 'visible') return
    try {
      const got = (await (navigator as WithWakeLock).wakeLock?.request('screen')) ?? null
      if (wanted) lock = got
      else await got?.release()
    } catch {
      // low battery or not allowed: the ring still comes
    }
  }
  const onVisible = (): void => void ask()
  onMounted(() => {
    void ask()
    document.addEventListener('visibilitychange', onVisible)
  })
  onBeforeUnmount(() => {
    wanted = false
    document.removeEventListener('visibilitychange', onVisible)
    void lock?.release()
  })
}
