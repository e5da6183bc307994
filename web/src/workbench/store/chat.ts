/** The chat of the clerk's session, and the sentences that are often sent in it. */
import { ref, shallowRef, watch } from 'vue'
import { chatApi } from '@/chat/api'
import { ChatBox } from '@/chat/box'
import { getCannedReplies, http } from '../api'
import type { CannedReply } from '../types'
import { live, session, settled, staff, state } from './desk'

export const chat = new ChatBox('clerk', chatApi(http))
/** The chat stands open beside the call. */
export const chatOpen = ref(true)
/** How often something beside the chat has led there; the panel answers with focus in its field. */
export const ledToChat = ref(0)
export function openChat(): void {
  ledToChat.value += 1
}
export const canned = shallowRef<CannedReply[]>([])

watch(
  () => ({ known: state.value !== null, of: state.value?.chat ?? null }),
  ({ known, of }) => {
    if (known) chat.sync(of)
  },
  { immediate: true },
)
watch(
  () => (session.value?.part === 'invite' ? (staff.value?.name ?? null) : null),
  (name) => {
    chat.writesAs.value = name
  },
  { immediate: true, flush: 'sync' },
)
live.onLine((line) => {
  if (line === 'open') chat.resume()
})
watch(
  () => session.value?.id,
  () => {
    canned.value = []
    chatOpen.value = true
  },
)
watch(
  () => (settled.value && session.value?.part === 'serve' ? session.value.id : undefined),
  (id) => {
    if (id !== undefined && canned.value.length === 0) void loadCanned(id)
  },
  { immediate: true },
)

async function loadCanned(id: string): Promise<void> {
  try {
    const found = await getCannedReplies(id)
    if (session.value?.id === id) canned.value = found
  } catch {
    // The picker asks again when it is opened.
  }
}

/** For the picker, in case the first try came to nothing. */
export function needCanned(): void {
  if (canned.value.length === 0 && session.value?.part === 'serve') void loadCanned(session.value.id)
}
