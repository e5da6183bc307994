/** A short shake of the phone; browsers allow it, and keep quiet about it, only once the page was touched. */
export function shake(): void {
  const touched = (navigator as { userActivation?: { hasBeenActive: boolean } }).userActivation?.hasBeenActive
  if (touched === true && 'vibrate' in navigator) navigator.vibrate(200)
}
