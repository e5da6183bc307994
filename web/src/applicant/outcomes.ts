/** How a service ended, in the citizen's words; the clerk's words for the same codes are the workbench's. */
import { messages, type Message } from '@/i18n'

interface Outcome {
  name: Message
  /** `ok`: the citizen has what was wanted; `warn`: something is left to do. */
  tone: 'ok' | 'warn'
}

const words = messages({
  solved: { zh: '问清楚了', en: 'Answered' },
  guided_online: { zh: '在网上办成了', en: 'Done online with our help' },
  received: { zh: '材料收下了', en: 'Your papers were received' },
  to_acceptance: { zh: '转去受理了', en: 'Passed on for acceptance' },
  to_support: { zh: '转给业务科室了', en: 'Passed on to the department' },
  to_12345: { zh: '转给 12345 了', en: 'Passed on to 12345' },
  rebooked: { zh: '另约时间了', en: 'Another time was agreed' },
  needs_visit: { zh: '要到现场办', en: 'You need to come in person' },
  gave_up: { zh: '这次没有接着办', en: 'Not continued this time' },
  dropped: { zh: '通话断了，没有办完', en: 'The call broke off before the end' },
  poor_picture: { zh: '画面看不清，没有办完', en: 'The picture was too poor to finish' },
  doubtful_identity: { zh: '没能核对是您本人', en: 'We could not confirm that it was you' },
  out_of_scope: { zh: '这件事不在这里办', en: 'This is not handled here' },
  other: { zh: '这次帮办结束了', en: 'This service has ended' },
})
const GOOD = ['solved', 'guided_online', 'received']

export function outcomeOf(code: string | null): Outcome {
  const name = (code !== null && (words as Record<string, Message>)[code]) || words.other
  return { name, tone: code !== null && GOOD.includes(code) ? 'ok' : 'warn' }
}
