/** Lengths of time as clerks read them. */
import { messages, t } from '@/i18n'

const words = messages({
  seconds: { zh: '{n} 秒', en: '{n} s' },
  minutesSeconds: { zh: '{m} 分 {s} 秒', en: '{m} min {s} s' },
  minutes: { zh: '{m} 分钟', en: '{m} min' },
})

/** `4 分 10 秒`, `31 秒`, `2 分钟`. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const m = Math.floor(whole / 60)
  const s = whole % 60
  if (m === 0) return t(words.seconds, { n: s })
  return s === 0 ? t(words.minutes, { m }) : t(words.minutesSeconds, { m, s: String(s).padStart(2, '0') })
}

/** `2:51` in lists, where the column is narrow. */
export function short(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  return `${String(Math.floor(whole / 60))}:${String(whole % 60).padStart(2, '0')}`
}
