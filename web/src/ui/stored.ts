/**
 * Small values kept in the browser: `localStorage` for what lasts, `sessionStorage` for what belongs to this tab.
 * Private windows and full disks throw on access; then nothing is kept and the page works on without.
 */
const PREFIX = 'cw:'

export type Where = 'lasting' | 'tab'
const area = (where: Where): Storage => (where === 'tab' ? sessionStorage : localStorage)

export function readStored(key: string, where: Where = 'lasting'): string | null {
  try {
    return area(where).getItem(PREFIX + key)
  } catch {
    return null
  }
}

export function writeStored(key: string, value: string | null, where: Where = 'lasting'): void {
  try {
    if (value === null) area(where).removeItem(PREFIX + key)
    else area(where).setItem(PREFIX + key, value)
  } catch {
    // nothing can be kept here; the page goes on with what is in memory
  }
}

/** A JSON value from the store, or null when there is none or it does not parse. */
export function readStoredJson<T>(key: string, where: Where = 'lasting'): T | null {
  const text = readStored(key, where)
  if (text === null) return null
  try {
    return JSON.parse(text) as T
  } catch {
    return null
  }
}

export function writeStoredJson(key: string, value: unknown, where: Where = 'lasting'): void {
  writeStored(key, value === null ? null : JSON.stringify(value), where)
}

/** What begins with this and is kept there. */
export function storedNames(start: string, where: Where = 'lasting'): string[] {
  try {
    const all = Array.from({ length: area(where).length }, (_, no) => area(where).key(no) ?? '')
    return all.filter((name) => name.startsWith(PREFIX + start)).map((name) => name.slice(PREFIX.length))
  } catch {
    return []
  }
}
