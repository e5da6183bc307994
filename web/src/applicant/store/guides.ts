/** Guides that this page has seen: shown at once when opened again, and fetched anew behind that. */
import { getGuide } from '@/api/applicant'
import type { Guide } from '@/api/types'

const seen = new Map<string, Guide>()
const name = (key: string, region: string): string => `${key}@${region}`

export function knownGuide(key: string, region: string): Guide | null {
  return seen.get(name(key, region)) ?? null
}

/** The guide with the availability of this moment. Throws `ApiError`. */
export async function fetchGuide(key: string, region: string): Promise<Guide> {
  const guide = await getGuide(key, region)
  seen.set(name(key, region), guide)
  return guide
}
