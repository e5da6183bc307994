/**
 * What was typed in a session and not sent yet survives a reload of this tab: the words in the field, and texts on their way,
 * each with its number, so that none is doubled. Files do not: the browser gives no way to keep them.
 */
import { readStoredJson, writeStoredJson } from '@/ui/stored'

export interface Kept {
  draft: string
  texts: { id: string; text: string }[]
}

const name = (session: string): string => `chat:${session}`

export const readKept = (session: string): Kept =>
  readStoredJson<Kept>(name(session), 'tab') ?? { draft: '', texts: [] }

export function writeKept(session: string, kept: Kept): void {
  const empty = kept.draft === '' && kept.texts.length === 0
  writeStoredJson(name(session), empty ? null : kept, 'tab')
}

export const forget = (session: string): void => writeStoredJson(name(session), null, 'tab')
