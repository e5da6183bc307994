/** Which page has a call: this tab knows it of itself (a reload comes back by it), the others of this browser when it began. */
import { readStored, readStoredJson, writeStored, writeStoredJson } from '@/ui/stored'

const OWNED = 'call'
const PAGE = 'call-page'

export const owned = (): string | null => readStored(OWNED, 'tab')

export function own(call: string): void {
  if (owned() === call) return
  writeStored(OWNED, call, 'tab')
  writeStoredJson(PAGE, { call, since: new Date().toISOString() })
}

export function disown(): void {
  if (owned() !== null) writeStored(OWNED, null, 'tab')
}

/** When a page of this browser took the call, as an instant; null when it was another device, or nothing is known. */
export function takenHereSince(call: string): string | null {
  const page = readStoredJson<{ call?: unknown; since?: unknown } | null>(PAGE)
  return page?.call === call && typeof page.since === 'string' ? page.since : null
}
