/** Addresses of the pages for letters. */

/** Where one writes about an item: of another place than the chosen one, and instead of a number, where that is so. */
export function writePath(item: string, more: { region?: string; ticket?: string } = {}): string {
  const query = new URLSearchParams()
  if (more.region !== undefined) query.set('r', more.region)
  if (more.ticket !== undefined) query.set('ticket', more.ticket)
  const asked = query.toString()
  return `/write/${item}${asked && `?${asked}`}`
}

export const lettersPath = '/letters'
export const letterPath = (id: string): string => `/letters/${id}`
