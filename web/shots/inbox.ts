/** Letters of the pictures: some that wait at the clerk's desk, and what was written in them. */
import type { LetterCard, LetterRow } from '@/workbench/types'
import { at, longNamed } from './desk'
import { guide } from './guide'

export const LETTER = '6a0f1d2c-3b4e-4f50-8a61-7b8c9d0e1f20'
/** 17:00 of the day of the pictures, and of the next. */
const DUE = at(9900)
const TOMORROW = at(96_300)

const row = (
  letter_id: string,
  item_short_name: string,
  asked: number,
  more: Partial<LetterRow> = {},
): LetterRow => ({
  letter_id,
  item_short_name,
  region_name: '襄城县',
  asked_at: at(-asked),
  due_at: DUE,
  asked_before: 0,
  holder: null,
  held_by_me: false,
  held_until: null,
  ...more,
})
export const held = { holder: '张鹏', held_until: at(480) }
export const lateRow = row('l0', '社保卡补换', 82_000, { due_at: at(-3900), region_name: '颍阳镇' })
export const first = row(LETTER, '居民养老参保', 7020)
export const rows: LetterRow[] = [
  first,
  row('l2', '养老待遇申领', 5700, { asked_before: 1, region_name: '丁营乡' }),
  row('l3', '社保卡补换', 3300, { ...held, region_name: '颍阳镇' }),
  row('l4', '城乡居民基本养老保险关系转移接续', 780, { due_at: TOMORROW, region_name: '山头店镇' }),
]
/** More than the ready page shows. */
export const many: LetterRow[] = [lateRow, ...rows]

/** The first of today was answered, and asked on. */
export const askedOn: LetterRow[] = many.map((one) =>
  one === first ? { ...one, asked_at: at(-600), asked_before: 1 } : one,
)

const written = (id: string, asked: number, words: string): LetterCard['entries'][number] => ({
  ...{ id, side: 'applicant', name: null, organisation: null },
  at: at(-asked),
  words,
})
const question = written(
  'e1',
  7020,
  '我婆婆 58 岁，户口在襄城县，一直在郑州帮我们带孩子。她以前没有交过居民养老保险。\n现在参保还来得及吗？要她本人回去办，还是我能替她办？',
)
export const card: LetterCard = {
  letter_id: LETTER,
  state: 'waiting',
  item_key: 'P01',
  item_name: '城乡居民养老保险参保登记',
  item_short_name: '居民养老参保',
  region_name: '襄城县',
  form_of_address: '王秀兰',
  phone_masked: '138****4602',
  elderly: true,
  asked_at: at(-7020),
  due_at: DUE,
  number: '云A006',
  told_by: 'message',
  holder: null,
  held_by_me: false,
  entries: [question],
  guide: {
    ...guide,
    script: '您好，我是{organisation}{name}。您问的是养老保险参保，我先答您问的，再说要准备什么。',
  },
}
const answer: LetterCard['entries'][number] = {
  id: 'e2',
  side: 'clerk',
  name: '张鹏',
  organisation: '襄城县政务服务中心',
  at: at(-3000),
  words:
    '来得及。满 60 岁以前都可以参保，满 60 岁时没交够年数的，可以一次补上。不用回来，在手机上就能登记，您可以在旁边帮她。',
}
/** Asked on after an answer, without a phone that is verified. */
export const again: LetterCard = {
  ...card,
  told_by: 'page',
  elderly: false,
  number: null,
  asked_at: at(-600),
  entries: [
    question,
    answer,
    written('e3', 600, '谢谢。她没有智能手机，用我的手机登记，银行卡也用我的，行不行？'),
  ],
}
export const longCard: LetterCard = { ...card, form_of_address: longNamed.name }
export const answeredCard: LetterCard = {
  ...card,
  state: 'answered',
  entries: [question, { ...answer, at: at(-20) }],
}
/** Asked on, and that taken back: its words are gone, and the letter is as it was before. */
export const takenBack: LetterCard = { ...again, state: 'answered', entries: [question, answer] }
export const typed =
  '来得及。满 60 岁以前都可以参保。不用她本人回来：用您的手机在网上登记，户口簿和身份证拍清楚就行。银行卡要用她本人的。'
