/** Hints say only “this has changed”: whoever shows it fetches it anew, at most once in 300 ms however many come. */
import type { Live } from './socket'

export const COALESCE_MS = 300

/** Calls `refetch` for hints with this key, gathered; also after every reconnection, since hints are not replayed. */
export function onHint(live: Live, key: () => string | null, refetch: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const soon = (): void => {
    if (timer !== undefined) return
    timer = setTimeout(() => {
      timer = undefined
      refetch()
    }, COALESCE_MS)
  }
  const stops = [
    live.on('hint', (hint) => {
      if (hint.key === key()) soon()
    }),
    live.on('welcome', soon),
  ]
  return () => {
    clearTimeout(timer)
    for (const stop of stops) stop()
  }
}
