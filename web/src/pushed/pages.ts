/** Which page of a pushed document a picture on the stage is. */
import type { PushedView } from './words'

export interface PageOn {
  readonly document: PushedView
  /** From 1. */
  readonly page: number
  readonly count: number
}

export function pageOn(list: readonly PushedView[], file: string | null): PageOn | null {
  if (file === null) return null
  for (const document of list) {
    const index = document.pages.indexOf(file)
    if (index >= 0) return { document, page: index + 1, count: document.pages.length }
  }
  return null
}
