/** Who would answer a letter that is left now and by when: asked for when it is to be offered, and kept fresh. */
import { onBeforeUnmount, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { getLetterTerms } from '@/api/applicant'
import { ApiError } from '@/api/http'
import type { LetterTerms } from '@/api/types'

export interface About {
  item: string
  region: string
}
export interface Terms {
  readonly terms: ShallowRef<LetterTerms | null>
  /** Why there are none. */
  readonly error: ShallowRef<unknown>
  /** The first answer is still to come. */
  readonly pending: Ref<boolean>
  load(): Promise<void>
}

/** A page may stay open past noon, and then the answer comes a day later. In milliseconds. */
const FRESH_MS = 60_000

/** Without `about` nothing is asked. Terms that were there stay, with what is written beside them, until letters are not taken. */
export function useLetterTerms(about: () => About | null): Terms {
  const terms = shallowRef<LetterTerms | null>(null)
  const error = shallowRef<unknown>(null)
  const pending = ref(false)

  async function load(): Promise<void> {
    const asked = about()
    if (asked === null) return
    try {
      const answer = await getLetterTerms(asked.item, asked.region)
      if (isStill(asked)) [terms.value, error.value] = [answer, null]
    } catch (failure) {
      if (!isStill(asked)) return
      error.value = failure
      if (failure instanceof ApiError && failure.code === 'no_letters') terms.value = null
    } finally {
      if (isStill(asked)) pending.value = false
    }
  }
  const isStill = (asked: About): boolean => {
    const now = about()
    return now?.item === asked.item && now.region === asked.region
  }
  watch(
    () => JSON.stringify(about()),
    () => {
      terms.value = error.value = null
      pending.value = about() !== null
      void load()
    },
    { immediate: true },
  )
  const timer = setInterval(() => {
    if (document.visibilityState === 'visible') void load()
  }, FRESH_MS)
  onBeforeUnmount(() => clearInterval(timer))
  return { terms, error, pending, load }
}
