/** Whether picture and sound were tried in this visit: then the way to the notice is the short one. */
import { readStored, writeStored } from '@/ui/stored'

const TRIED = 'devices-tried'

export function markTried(): void {
  writeStored(TRIED, '1', 'tab')
}

/** The page before the number: the notice, and before it, once in a visit, the devices. */
export function beforeNumber(item: string): string {
  return `/${readStored(TRIED, 'tab') === '1' ? 'consent' : 'devices'}?item=${item}`
}
