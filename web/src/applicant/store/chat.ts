/** The chat of the citizen's call, loaded with the call page and fed by the state document. */
import { watch } from 'vue'
import { http } from '@/api/applicant'
import { chatApi } from '@/chat/api'
import { ChatBox } from '@/chat/box'
import { outlive } from '@/ui/outlive'
import { live, state } from './person'

let made: ChatBox | null = null

export function theChat(): ChatBox {
  made ??= outlive(makeChat)
  return made
}

function makeChat(): ChatBox {
  const box = new ChatBox('applicant', chatApi(http))
  watch(
    // the document changes in place
    () => ({ known: state.value !== null, chat: state.value?.chat ?? null }),
    ({ known, chat }) => {
      if (known) box.sync(chat)
    },
    { immediate: true },
  )
  live.onLine((line) => {
    if (line === 'open') box.resume()
  })
  return box
}
