/**
 * Where the matter is handled: from the link (`?r=` and 12 digits, as on posters), else the last choice, else it is asked.
 */
import { computed, ref, shallowRef } from 'vue'
import { getRegions } from '@/api/applicant'
import type { Region } from '@/api/types'
import { readStored, writeStored } from '@/ui/stored'

export const regions = shallowRef<Region[]>([])
/** The chosen region's code; null when it has to be asked. */
export const region = ref<string | null>(firstRegion())
export const regionName = computed(() => regions.value.find((one) => one.code === region.value)?.name ?? null)

/** The 12 digits of a link's `r`, or null: anything else is not a region code. */
export function regionOfLink(search: string): string | null {
  const asked = new URLSearchParams(search).get('r')
  return asked !== null && /^\d{12}$/.test(asked) ? asked : null
}

function firstRegion(): string | null {
  return regionOfLink(location.search) ?? readStored('region')
}

export function chooseRegion(code: string | null): void {
  region.value = code
  writeStored('region', code)
}

/**
 * The region among those offered that a code of any level belongs to (a town's poster leads to its county), or null
 * when it is of another city. Codes are 12 digits: 4 of the city, 2 of the county, then town and village.
 */
export function offeredRegion(code: string, offered: readonly Region[]): string | null {
  const county = `${code.slice(0, 6)}000000`
  const city = `${code.slice(0, 4)}00000000`
  const codes = offered.map((one) => one.code)
  return [code, county, city].find((one) => codes.includes(one)) ?? null
}

/** Loads the regions to choose from and settles the one that a link or the store gave. Throws `ApiError`. */
export async function loadRegions(): Promise<void> {
  if (regions.value.length === 0) regions.value = await getRegions()
  if (region.value !== null) chooseRegion(offeredRegion(region.value, regions.value))
}
