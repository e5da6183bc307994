/** What was pushed, in plain words: what it is called, where it leads. */
import { messages, t } from '@/i18n'
import type { components } from '@/api/schema'

export type PushedView = components['schemas']['PushedView']

const words = messages({
  guide: { zh: '办事指南：{title}', en: 'Guide: {title}' },
  entry: { zh: '网上办理：{title}', en: 'File online: {title}' },
  link: { zh: '网页', en: 'A web page' },
  document: { zh: '材料', en: 'A document' },
  ours: { zh: '本站的页面', en: 'A page of this site' },
  government: { zh: '政府网站 {host}', en: 'Government site {host}' },
  site: { zh: '网站 {host}', en: 'Site {host}' },
})

export function titleOf({ kind, title, file }: PushedView): string {
  if (kind === 'document') return file?.name ?? t(words.document)
  if (kind === 'link') return title ?? t(words.link)
  return t(words[kind], { title: title ?? '' })
}

/** Where a link leads. Names under gov.cn are given to government bodies only. */
export function placeOf({ host }: PushedView): string {
  if (host === null) return t(words.ours)
  return t(host === 'gov.cn' || host.endsWith('.gov.cn') ? words.government : words.site, { host })
}
