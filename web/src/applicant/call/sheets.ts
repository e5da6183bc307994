/** Which sheet lies over a call — the chat or the papers — and when it gives way to what the person has to see. */
import { computed, ref, watch, type Ref, type WritableComputedRef } from 'vue'

export type Sheet = 'chat' | 'papers'

export interface Sheets {
  readonly sheet: Ref<Sheet | null>
  readonly chatting: WritableComputedRef<boolean>
  /** Papers and chat come onto the page after the first pictures, or when they are asked for, and stay. */
  readonly furnished: Readonly<Ref<boolean>>
  /** Closes what was opened; who is in writing has the chat again. */
  rest(): void
}

export interface Over {
  readonly settled: Readonly<Ref<boolean>>
  /** The person writes instead of speaking. */
  readonly typed: Readonly<Ref<boolean>>
  /** The words have the page to themselves. */
  readonly inWriting: Readonly<Ref<boolean>>
  readonly broken: Readonly<Ref<boolean>>
  /** The clerk has asked for a photo. */
  readonly photo: Readonly<Ref<boolean>>
}

export function useSheets({ settled, typed, inWriting, broken, photo }: Over): Sheets {
  const sheet = ref<Sheet | null>(null)
  const furnished = ref(false)
  const rest = (): void => {
    sheet.value = typed.value ? 'chat' : null
  }
  watch([settled, sheet], () => {
    furnished.value ||= settled.value || sheet.value !== null
  })
  watch(typed, (now) => now && rest(), { immediate: true })
  watch(inWriting, rest)
  // What is wrong stands where the sheet is.
  watch(broken, (now) => {
    if (now) rest()
  })
  watch(photo, (now) => {
    if (now) sheet.value = null
    else rest()
  })
  const chatting = computed({
    get: () => sheet.value === 'chat',
    set: (on) => {
      sheet.value = on ? 'chat' : null
    },
  })
  return { sheet, chatting, furnished, rest }
}
