/** What the clerk pushed to this citizen, and that it was opened. */
import { http } from '@/api/applicant'
import { usePushed, type PushedList } from '@/pushed/list'
import { outlive } from '@/ui/outlive'
import { theCall } from './call'

let made: PushedList | null = null

export function thePushed(): PushedList {
  made ??= outlive(() => usePushed(http, theCall().view))
  return made
}

/** The clerk sees that it was opened. Opening never waits for this, and is not undone when it fails. */
export function sayOpened(id: string): void {
  const call = theCall().view.call
  if (call === null) return
  http.post(`/api/calls/${call.id}/pushed/${id}/opened`).catch(() => undefined)
}
