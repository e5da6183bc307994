/** What a wrap-up says: the sentence from the template, and the whole as it is stored. Pure. */
import { messages, say, type Language, type Message } from '@/i18n'
import type { NextStep } from '../types'

const phrases = messages({
  solved: { zh: '问题已当场解决', en: 'solved on the spot' },
  guided_online: { zh: '已由本人在网上提交', en: 'submitted online by the person' },
  received: { zh: '材料已收下', en: 'papers received' },
  to_acceptance: { zh: '已转受理员办理', en: 'passed on to acceptance' },
  to_support: { zh: '已转业务支撑', en: 'passed on to business support' },
  to_12345: { zh: '已转 12345', en: 'passed on to 12345' },
  rebooked: { zh: '已约好下次再办', en: 'another time agreed' },
  needs_visit: { zh: '需要本人到窗口办', en: 'a visit to the counter is needed' },
  gave_up: { zh: '申请人这次不办了', en: 'given up for now' },
  dropped: { zh: '连线断了，没有办完', en: 'the line dropped before the end' },
  poor_picture: { zh: '画面不清，没有办成', en: 'the picture was too poor' },
  doubtful_identity: { zh: '身份存疑，没有办理', en: 'identity in doubt, not done' },
  out_of_scope: { zh: '不属于本窗口的事项，已告知去处', en: 'not for this desk, told where to go' },
})
const names = messages({
  solved: { zh: '已解决', en: 'Solved' },
  guided_online: { zh: '已指导网办', en: 'Guided online' },
  received: { zh: '已收件', en: 'Papers received' },
  to_acceptance: { zh: '转受理', en: 'To acceptance' },
  to_support: { zh: '转支撑', en: 'To support' },
  to_12345: { zh: '转 12345', en: 'To 12345' },
  rebooked: { zh: '预约再办', en: 'Booked again' },
  needs_visit: { zh: '需线下', en: 'Needs a visit' },
  gave_up: { zh: '申请人放弃', en: 'Gave up' },
  dropped: { zh: '断线', en: 'Dropped' },
  poor_picture: { zh: '画质不佳', en: 'Poor picture' },
  doubtful_identity: { zh: '可疑身份', en: 'Doubtful identity' },
  out_of_scope: { zh: '非服务范围', en: 'Out of scope' },
})
const next = messages({
  none: { zh: '不用跟进', en: 'nothing to follow up' },
  call_back: { zh: '由我回访', en: 'I will call back' },
  book_again: { zh: '约下次连线', en: 'book another session' },
  support: { zh: '转业务支撑', en: 'business support' },
})
const sentence: Message = {
  zh: '帮{who}办理{item}，{done}，下一步{next}。',
  en: 'Helped {who} with {item}: {done}; next: {next}.',
}

export interface Blanks {
  who: string
  item: string
  done: string
}

/** The name of an outcome; one that this page does not know is shown by its code, since it must still be possible to choose it. */
export function outcomeName(code: string, language: Language): string {
  const known = (names as Record<string, Message>)[code]
  return known === undefined ? code : say(language, known)
}

/** The phrase that an outcome puts into the sentence; empty for an outcome that this page does not know. */
export function phraseOf(outcome: string | null, language: Language): string {
  const known = outcome === null ? undefined : (phrases as Record<string, Message>)[outcome]
  return known === undefined ? '' : say(language, known)
}

export const nextWords = next

/** The whole summary as it is stored. Without an outcome phrase there is no sentence yet. */
export function compose(blanks: Blanks, step: NextStep, more: string, language: Language): string {
  const said =
    blanks.done.trim() === ''
      ? ''
      : say(language, sentence, { ...trimmed(blanks), next: say(language, next[step]) })
  return [said, more.trim()].filter((part) => part !== '').join(language === 'zh' ? '' : ' ')
}

function trimmed(blanks: Blanks): Record<keyof Blanks, string> {
  return { who: blanks.who.trim(), item: blanks.item.trim(), done: blanks.done.trim() }
}
