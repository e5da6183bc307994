/** Where the focus goes when the page changes without the browser loading one. */
import { nextTick } from 'vue'

let moved = false

/** The router says so after each navigation but the first, whose focus belongs to the browser. */
export function markMoved(): void {
  moved = true
}

/** Focuses the page's first heading, or the main part while the heading is still to come; scrolls to the top. */
export async function focusHeading(): Promise<void> {
  if (moved) await toHeading()
}

/** The same after an act whose button is gone with what it did. */
export async function toHeading(): Promise<void> {
  await nextTick()
  const target = document.querySelector<HTMLElement>('h1') ?? document.getElementById('main')
  if (target === null) return
  target.tabIndex = -1
  target.focus({ preventScroll: true })
}
