/** What the deployment says of itself: demonstration or real, its name and footer. Asked once; the pages do not wait for it. */
import { ref, shallowRef } from 'vue'
import { getDeployment } from '@/api/applicant'
import type { Deployment } from '@/api/types'
import { setTimeZone } from '@/i18n/format'

export const deployment = shallowRef<Deployment | null>(null)
/** Server clock minus this device's clock, in milliseconds: countdowns run by the server's. */
let ahead = 0

export function setServerTime(iso: string): void {
  ahead = new Date(iso).getTime() - Date.now()
  strike()
}

/** Now, by the server's clock. */
export const serverNow = (): number => Date.now() + ahead

/** How often `passingNow` goes on, in milliseconds. */
const STRIKE_MS = 30_000
const strokes = ref(0)
function strike(): void {
  strokes.value += 1
}
setInterval(strike, STRIKE_MS)
document.addEventListener('visibilitychange', strike) // a page that slept is behind

/** The same for what is said of time on a page that stays open: what was computed with it is computed anew as time passes. */
export function passingNow(): number {
  void strokes.value
  return serverNow()
}

export async function loadDeployment(): Promise<void> {
  try {
    const answer = await getDeployment()
    setTimeZone(answer.time_zone)
    setServerTime(answer.server_time)
    deployment.value = answer
  } catch {
    // the footer and the banner come with the next page; nothing else hangs on it
  }
}
