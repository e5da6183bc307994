/** The system's own notices, of a ring or of a break that is over its time, for when the page is in the background. */
import { ref } from 'vue'

type Permission = NotificationPermission | 'absent'
const present = (): boolean => typeof Notification !== 'undefined'
export const notificationState = ref<Permission>(present() ? Notification.permission : 'absent')

export async function askNotification(): Promise<void> {
  if (present()) notificationState.value = await Notification.requestPermission()
}

/** Shows a notice unless the page is seen anyway; returns how to take it away. A press on it brings the page forward. */
export function notify(title: string, body: string, tag: 'ring' | 'break' = 'ring'): () => void {
  if (!present() || Notification.permission !== 'granted' || document.visibilityState === 'visible')
    return () => undefined
  try {
    const notice = new Notification(title, { body, tag, requireInteraction: true })
    notice.onclick = () => {
      window.focus()
      notice.close()
    }
    return () => {
      notice.close()
    }
  } catch {
    // Some browsers allow notices only through a service worker.
    return () => undefined
  }
}
