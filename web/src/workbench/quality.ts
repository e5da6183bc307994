/** Words and figures of call quality. */
import { messages, t } from '@/i18n'
import type { QualitySide } from './types'

const words = messages({
  ms: { zh: '{n} 毫秒', en: '{n} ms' },
  s: { zh: '{n} 秒', en: '{n} s' },
  permission: { zh: '没给话筒权限', en: 'Microphone refused' },
  no_device: { zh: '话筒没有或被占用', en: 'No microphone, or in use' },
  no_route: { zh: '网络不通（找不到路）', en: 'No way through the network' },
  signalling_timeout: { zh: '对方没有回应', en: 'No answer of the other side' },
  insecure_page: { zh: '网页不是 HTTPS', en: 'Page without HTTPS' },
  unknown: { zh: '原因不明', en: 'Unknown' },
})

/** For what was not measured. */
export const NOTHING = '—'

/** `640 毫秒`, `1.6 秒` from a second on; a dash for what was not measured. */
export function milliseconds(value: number | null): string {
  if (value === null) return NOTHING
  return value < 1000 ? t(words.ms, { n: value }) : t(words.s, { n: (value / 1000).toFixed(1) })
}

export const percent = (permille: number | null): string =>
  permille === null ? NOTHING : `${(permille / 10).toFixed(1)}%`

export const causeWord = (cause: NonNullable<QualitySide['cause']>): string => t(words[cause])
