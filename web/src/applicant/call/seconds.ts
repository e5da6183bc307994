/** Seconds that run by the server's clock, read anew four times a second. */
import { onBeforeUnmount, ref, type Ref } from 'vue'
import { serverNow } from '../store/deployment'

const READ_MS = 250

/** Whole seconds from now until `until` (milliseconds since 1970), never below 0; null while there is no such instant. */
export function useSeconds(until: () => number | null): Ref<number | null> {
  const read = (): number | null => {
    const at = until()
    return at === null ? null : Math.max(0, Math.ceil((at - serverNow()) / 1000))
  }
  return useReading(read)
}

/** Whole seconds since `from`, never below 0; null while there is no such instant. */
export function useElapsed(from: () => number | null): Ref<number | null> {
  return useReading(() => {
    const at = from()
    return at === null ? null : Math.max(0, Math.floor((serverNow() - at) / 1000))
  })
}

function useReading(read: () => number | null): Ref<number | null> {
  const value = ref(read())
  const timer = setInterval(() => (value.value = read()), READ_MS)
  onBeforeUnmount(() => clearInterval(timer))
  return value
}
