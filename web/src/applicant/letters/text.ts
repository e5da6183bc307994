/** The text of a letter while it is written: kept, measured, and looked at before it is sent. */
import { computed, nextTick, ref, type ComputedRef, type Ref } from 'vue'
import { messages, t } from '@/i18n'
import { useDraft } from '../store/draft'
import { account } from '../store/person'
import { roomLeft } from './words'

const words = messages({
  missing: {
    zh: '还没有写，请先写下您想问的',
    en: 'Nothing is written yet. Please write what you want to ask',
  },
  over: {
    zh: '写得太长了，请去掉 {n} 个字',
    en: { one: 'Too long: please take out {n} character', other: 'Too long: please take out {n} characters' },
  },
})

export interface LetterText {
  readonly text: Ref<string>
  /** What is wrong with it; of an empty one nothing before it was to be sent. */
  readonly problem: ComputedRef<string>
  /** Whether it may be sent; where not, the focus goes to it. */
  check(): Promise<boolean>
  /** It was sent. */
  clear(): void
}

export function useLetterText(draft: string): LetterText {
  const text = useDraft(draft, () => account.value?.id ?? null)
  const tried = ref(false)
  const problem = computed(() => {
    const left = roomLeft(text.value)
    if (left !== null && left < 0) return t(words.over, { n: -left })
    return tried.value && text.value.trim() === '' ? t(words.missing) : ''
  })
  return {
    text,
    problem,
    async check() {
      tried.value = true
      if (problem.value === '') return true
      await nextTick()
      const field = document.querySelector<HTMLElement>('[aria-invalid="true"]')
      field?.focus()
      field?.scrollIntoView({ block: 'center' }) // what is said below it may lie under the dock
      return false
    },
    clear() {
      tried.value = false
      text.value = ''
    },
  }
}
