/** Numbers, dates and times as people say them in the page's language. All instants come from the server as ISO with zone. */
import { language, messages, t } from '.'

const words = messages({
  today: { zh: '今天', en: 'today' },
  tomorrow: { zh: '明天', en: 'tomorrow' },
  minutes: { zh: '{n} 分钟', en: { one: '{n} minute', other: '{n} minutes' } },
  range: { zh: '{low}–{n} 分钟', en: { one: '{low}–{n} minute', other: '{low}–{n} minutes' } },
  hours: { zh: '{n} 小时', en: { one: '{n} hour', other: '{n} hours' } },
})

/** The zone in which the windows work; times are shown in it wherever the reader is. Set from the deployment's answer. */
let zone = 'Asia/Shanghai'
export function setTimeZone(name: string): void {
  zone = name
}

const locale = (): string => (language.value === 'zh' ? 'zh-CN' : 'en-GB')
const format = (at: Date, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(locale(), { timeZone: zone, ...options }).format(at)
const dayOf = (at: Date): string =>
  new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(at)

/** `14:05` */
export function clock(iso: string): string {
  return format(new Date(iso), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
}

/** `14:05:32`, where two rings lie within a minute. */
export function clockSeconds(iso: string): string {
  return format(new Date(iso), { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
}

/** `11月24日 星期二`, `Tuesday 24 November` */
export function longDate(iso: string): string {
  const at = new Date(iso)
  const weekday = format(at, { weekday: 'long' })
  const day = format(at, { month: 'long', day: 'numeric' })
  return language.value === 'zh' ? `${day} ${weekday}` : `${weekday} ${day}`
}

/** `今天 14:05`, `明天 08:30`, `11月24日 星期二 14:05`, counted in the windows' zone. */
export function dayAndClock(iso: string, now: Date = new Date()): string {
  const day = dayOf(new Date(iso))
  if (day === dayOf(now)) return `${t(words.today)} ${clock(iso)}`
  if (day === dayOf(new Date(now.getTime() + 86_400_000))) return `${t(words.tomorrow)} ${clock(iso)}`
  return `${longDate(iso)} ${clock(iso)}`
}

/** `4 分钟`; `1 小时 12 分钟` from an hour on. Whole minutes, at least one. */
export function minutes(count: number): string {
  const whole = Math.max(1, Math.round(count))
  if (whole < 60) return t(words.minutes, { n: whole })
  const rest = whole % 60
  const hours = t(words.hours, { n: Math.floor(whole / 60) })
  return rest === 0 ? hours : `${hours} ${t(words.minutes, { n: rest })}`
}

/** An estimate of the server, low and high in minutes: `4 分钟` when both are the same, else `4–8 分钟`. */
export function estimate(range: readonly [number, number]): string {
  const [low, high] = range
  return low === high ? minutes(low) : t(words.range, { low, n: high })
}

/** `02:31` for a talk of 151 seconds; `1:02:31` from an hour on. */
export function talkTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const two = (n: number): string => String(n).padStart(2, '0')
  const hours = Math.floor(whole / 3600)
  const rest = `${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}
