/** What is being typed in one place, kept for this tab so that a reload or going back finds it again; emptied, it is gone. */
import { ref, watch, type Ref } from 'vue'
import { readStored, writeStored } from '@/ui/stored'

export function useDraft(name: string): Ref<string> {
  const text = ref(readStored(name, 'tab') ?? '')
  // at once, so that what was sent is not found again by the page that follows
  watch(text, (value) => writeStored(name, value === '' ? null : value, 'tab'), { flush: 'sync' })
  return text
}
