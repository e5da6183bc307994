/** Calls back when the device went to another network; returns how to stop. */
export function onNetworkChange(handler: () => void): () => void {
  const connection = (navigator as { connection?: EventTarget }).connection
  window.addEventListener('online', handler)
  connection?.addEventListener('change', handler)
  return () => {
    window.removeEventListener('online', handler)
    connection?.removeEventListener('change', handler)
  }
}
