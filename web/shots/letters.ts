/** Letters of the invented citizen: what was asked about the pension, and what the desk answered. */
import type { LetterMark, LetterTerms, LetterView } from '@/api/types'

/** Asked at 14:15, too late for the same day. */
const DUE = '2026-11-25T09:00:00Z'
export const LETTER = '5e0f2a8c-3d4b-4c6a-9b1e-2f7d8a9c0b11'
export const letterTerms: LetterTerms = { desk_name: '襄城养老社保专席', due_at: DUE, told_by: 'message' }

export const mark = (more: Partial<LetterMark> = {}): LetterMark => ({
  id: LETTER,
  item_key: 'P01',
  item_short_name: '居民养老参保',
  state: 'waiting',
  due_at: DUE,
  answered_at: null,
  unread: false,
  ...more,
})

type Entry = LetterView['entries'][number]
const said = (no: number, at: string, words: string, by: Partial<Entry> = {}): Entry => ({
  id: `5e0f2a8c-0000-7000-8000-00000000000${String(no)}`,
  side: 'applicant',
  name: null,
  organisation: null,
  at,
  words,
  ...by,
})
const lee: Partial<Entry> = { side: 'clerk', name: '李敏', organisation: '襄城县政务服务中心' }
const asked = said(
  1,
  '2026-11-24T06:15:00Z',
  '我爸 62 岁，一直在外地打工，没有交过养老保险。\n现在还能补交吗？要带什么？',
)
const answer = said(
  2,
  '2026-11-24T08:20:00Z',
  '能补。满 60 岁没有领过待遇的，可以一次补够 15 年，补上以后从下个月起领。\n带本人身份证和户口本，到镇便民服务中心就能办，也可以视频让我们带着填。',
  lee,
)
/** A name and an office as long as they come. */
const longNamed: Partial<Entry> = {
  side: 'clerk',
  name: '阿卜杜热合曼·麦麦提明·吐尔逊江·艾合买提·努尔麦麦提·伊敏江·买买提依明汗',
  organisation: '许昌市城乡一体化示范区尚集镇便民服务中心社会保障服务站',
}

export const letter = (more: Partial<LetterView> = {}): LetterView => ({
  id: LETTER,
  item_key: 'P01',
  item_short_name: '居民养老参保',
  region_code: '411025000000',
  state: 'waiting',
  desk_name: '襄城养老社保专席',
  written_at: asked.at,
  due_at: DUE,
  answered_at: null,
  unread: false,
  told_by: 'message',
  entries: [asked],
  ...more,
})
export const answeredLetter = (more: Partial<LetterView> = {}): LetterView =>
  letter({ state: 'answered', answered_at: answer.at, entries: [asked, answer], ...more })
/** The same in the state document. */
export const markOf = (one: LetterView): LetterMark =>
  mark({ state: one.state, due_at: one.due_at, answered_at: one.answered_at, unread: one.unread })
export const longNamedLetter = answeredLetter({ entries: [asked, { ...answer, ...longNamed }] })
export const askedAgain = letter({
  answered_at: answer.at,
  entries: [
    asked,
    answer,
    said(3, '2026-11-24T08:41:00Z', '户口本丢了，用户口页复印件行不行？'),
    said(4, '2026-11-24T08:55:00Z', '行，复印件上要有派出所的章。', lee),
    said(5, '2026-11-24T09:10:00Z', '好的。补交的钱能刷社保卡吗？'),
  ],
})
