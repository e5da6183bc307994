/** What a clerk pushed in a call. */
import type { components } from '../src/api/schema'
import { NOW } from './place'

type Pushed = components['schemas']['PushedView']

const ago = (seconds: number): string => new Date(Date.parse(NOW) - seconds * 1000).toISOString()

export const entry: Pushed = {
  id: '0199a000-0000-7000-8000-00000000e001',
  kind: 'entry',
  at: ago(20),
  opened_at: null,
  host: 'www.hnzwfw.gov.cn',
  url: 'https://www.hnzwfw.gov.cn/',
  title: '城乡居民基本养老保险参保登记',
  file: null,
  pages: [],
}
export const guide: Pushed = {
  ...entry,
  id: '0199a000-0000-7000-8000-00000000e002',
  kind: 'guide',
  at: ago(140),
  opened_at: ago(120),
  host: null,
  url: '/items/P01?r=411002000000',
}
export const typed: Pushed = {
  ...entry,
  id: '0199a000-0000-7000-8000-00000000e003',
  kind: 'link',
  at: ago(260),
  host: 'rst.henan.gov.cn',
  url: 'https://rst.henan.gov.cn/a',
  title: null,
}

const PAGES = ['d1', 'd2', 'd3'].map((end) => `0199a000-0000-7000-8000-0000000000${end}`)
export const FORM_PAGE = PAGES[1] ?? ''
export const form: Pushed = {
  ...entry,
  id: '0199a000-0000-7000-8000-00000000e004',
  kind: 'document',
  at: ago(10),
  host: null,
  url: null,
  title: null,
  file: {
    id: '0199a000-0000-7000-8000-0000000000d0',
    purpose: 'document',
    media_type: 'application/pdf',
    size: 182_000,
    name: '城乡居民基本养老保险参保登记表（样表）.pdf',
  },
  pages: PAGES,
}
/** The pages of the form as files. */
export const formPages = Object.fromEntries(
  PAGES.map((id) => [`GET /api/files/${id}`, { picture: 'form.svg' }]),
)
