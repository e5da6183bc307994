/** How long breaks may take and what today went into them; the one that goes on is counted by the page's clock. */
import { messages, t } from '@/i18n'
import { minutes } from '@/i18n/format'
import type { BreakReason } from '../types'
import { now } from './clock'
import { presence, today } from './desk'

const words = messages({
  limited: { zh: '最多 {n} 分钟', en: 'At most {n} min' },
  unlimited: { zh: '不限时，时长会记下来', en: 'No limit, but recorded' },
  recorded: { zh: '时长会记下来', en: 'The time is recorded' },
  limitedUsed: { zh: '最多 {n} 分钟，今天已用 {used}', en: 'At most {n} min, {used} today' },
  unlimitedUsed: { zh: '不限时，今天已用 {used}', en: 'No limit, {used} today' },
})
const of = (reason: BreakReason) => today.value?.breaks.reasons.find((one) => one.reason === reason)

/** Seconds on break today for one reason, or for all. */
export function breakSeconds(reason?: BreakReason): number {
  const breaks = today.value?.breaks
  const here = presence.value
  if (breaks === undefined) return 0
  const counted = reason === undefined ? breaks.seconds : (of(reason)?.seconds ?? 0)
  if (here?.wanted !== 'break' || (reason !== undefined && here.reason !== reason)) return counted
  const uncounted = now.value - Math.max(Date.parse(breaks.at), Date.parse(here.since))
  return counted + Math.max(0, uncounted) / 1000
}

/** `最多 15 分钟`; while the limits are not known yet only what holds for each. */
export function limitNote(reason: BreakReason): string {
  const found = of(reason)
  if (found === undefined) return t(words.recorded)
  return found.limit_minutes === null ? t(words.unlimited) : t(words.limited, { n: found.limit_minutes })
}

/** The same with what was used of it today, as soon as that is a minute. */
export function useNote(reason: BreakReason): string {
  const seconds = breakSeconds(reason)
  if (seconds < 60) return limitNote(reason)
  const used = minutes(seconds / 60)
  const limit = of(reason)?.limit_minutes ?? null
  return limit === null ? t(words.unlimitedUsed, { used }) : t(words.limitedUsed, { n: limit, used })
}
