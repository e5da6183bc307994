/**
 * Idempotency keys that survive what happens between pressing a button and its answer: the same act keeps its key over
 * retries and reloads until the server has answered, so it is done once; a new act gets a new key.
 */
import { readStored, writeStored } from '@/ui/stored'
import { ApiError, uuid } from './http'

/** A short name for a body (FNV-1a, 32 bits): another body under the same key would be refused, so it gets its own. */
function brief(body: unknown): string {
  let hash = 0x811c9dc5
  for (const letter of JSON.stringify(body) ?? '') {
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193)
  }
  return (hash >>> 0).toString(16)
}

/**
 * Runs `send` with the key of `act` (e.g. `ticket:P01`) with this body. The key is forgotten once the server has
 * answered, well or with a refusal; without an answer it stays for the next try.
 */
export async function withKey<T>(act: string, body: unknown, send: (key: string) => Promise<T>): Promise<T> {
  const name = `key:${act}:${brief(body)}`
  const key = readStored(name, 'tab') ?? uuid()
  writeStored(name, key, 'tab')
  try {
    const answer = await send(key)
    writeStored(name, null, 'tab')
    return answer
  } catch (error) {
    if (error instanceof ApiError && !error.lost) writeStored(name, null, 'tab')
    throw error
  }
}
