/** The server's clock on this page: deadlines are counted against it, whatever the computer's own clock says. */
import { ref, type Ref } from 'vue'

/** How often what shows time looks at it, in milliseconds. */
const TICK_MS = 250
let offset = 0
/** Server time now, in milliseconds since 1970; follows four times a second. */
export const now: Ref<number> = ref(Date.now())

/** Takes the server's time out of an answer that has just arrived. */
export function setServerTime(iso: string): void {
  const at = Date.parse(iso)
  if (Number.isNaN(at)) return
  offset = at - Date.now()
  now.value = at
}

let timer: ReturnType<typeof setInterval> | undefined
export function startClock(): void {
  timer ??= setInterval(() => {
    now.value = Date.now() + offset
  }, TICK_MS)
}

/** Whole seconds from an instant until now, never negative. */
export function secondsSince(iso: string): number {
  return Math.max(0, Math.floor((now.value - Date.parse(iso)) / 1000))
}

/** Whole seconds left until an instant, rounded up, never negative: it says 1 until it is over. */
export function secondsUntil(iso: string): number {
  return Math.max(0, Math.ceil((Date.parse(iso) - now.value) / 1000))
}
