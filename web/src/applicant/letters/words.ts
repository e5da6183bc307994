/** How long a letter may be, and by when it is answered, in the citizen's words. */
import type { LetterMark } from '@/api/types'
import { lengthOf } from '@/chat/limits'
import { messages, t } from '@/i18n'
import { dayAndClock } from '@/i18n/format'
import { passingNow } from '../store/deployment'

const words = messages({
  by: { zh: '{time} 前', en: 'by {time}' },
  waits: { zh: '等答复，{by}', en: 'Waiting for an answer, {by}' },
  late: { zh: '等答复，已经晚了', en: 'Waiting for an answer, which is late' },
  answered: { zh: '答复了', en: 'Answered' },
  withdrawn: { zh: '已撤回', en: 'Taken back' },
})

/** What one letter may hold, as the server counts it. */
export const MOST = 1000
/** From so few characters on it is said how many are left. */
export const NEAR = 100

/** How many characters are left, below zero when there are too many; null while that is nothing to think of. */
export function roomLeft(text: string): number | null {
  const left = MOST - lengthOf(text)
  return left > NEAR ? null : left
}

/** `明天 17:00 前`, `by tomorrow 17:00`; the day is counted by the server's clock. */
export const dueBy = (iso: string): string => t(words.by, { time: dayAndClock(iso, new Date(passingNow())) })

/** An answer was promised, and the time for it is over. */
export const isLate = (letter: Pick<LetterMark, 'state' | 'due_at'>): boolean =>
  letter.state === 'waiting' && Date.parse(letter.due_at) < passingNow()

export function stateOf(letter: Pick<LetterMark, 'state' | 'due_at'>): string {
  if (letter.state !== 'waiting') return t(words[letter.state])
  return isLate(letter) ? t(words.late) : t(words.waits, { by: dueBy(letter.due_at) })
}
