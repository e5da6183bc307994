/** Words that several pages of the workbench share. */
import { messages, t } from '@/i18n'
import type { BreakReason, ChosenReason, Colleague, Presence } from './types'

export const words = messages({
  demoLabel: { zh: '演示环境', en: 'Demonstration' },
  demo: { zh: '演示环境，人员与数据均为虚构', en: 'Demonstration: people and data are invented' },
  brand: { zh: '云综窗', en: 'Cloud Window' },
  workbench: { zh: '工作台', en: 'Workbench' },
  skip: { zh: '跳到正文', en: 'Skip to content' },
  back: { zh: '回到工作台', en: 'Back to the workbench' },
  close: { zh: '关闭', en: 'Close' },
  ready: { zh: '就绪', en: 'Ready' },
  onBreak: { zh: '示忙', en: 'On break' },
  paused: { zh: '暂停派单', en: 'Paused' },
  off: { zh: '未上线', en: 'Off' },
  ringing: { zh: '振铃中', en: 'Ringing' },
  serving: { zh: '通话中', en: 'In call' },
  wrapping: { zh: '小结', en: 'Wrap-up' },
  talking: { zh: '通话', en: 'In call' },
  rest: { zh: '短休', en: 'Short rest' },
  helping_on_site: { zh: '帮现场群众', en: 'Helping on site' },
  paperwork: { zh: '整理材料', en: 'Paperwork' },
  meeting: { zh: '开会、培训', en: 'Meeting, training' },
  device_fault: { zh: '设备故障', en: 'Device fault' },
  training: { zh: '培训', en: 'Training' },
  other: { zh: '其他', en: 'Something else' },
  missed_rings: { zh: '连着没接', en: 'Missed rings' },
  phone: { zh: '手机', en: 'Phone' },
  pc: { zh: '电脑', en: 'Computer' },
  coach: { zh: '网办辅导', en: 'Filing help' },
  elder: { zh: '老年人', en: 'Elderly' },
  learner: { zh: '学习', en: 'Learning' },
  able: { zh: '能办', en: 'Able' },
  proficient: { zh: '熟练', en: 'Proficient' },
  full: {
    zh: '一次通话最多 4 个人，请先让一位离开，或收回一个邀请。',
    en: 'A call holds four people. Let somebody leave first, or take an invitation back.',
  },
})

export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'off'

/** The state of a person in a word and a colour; `since` is the instant from which its clock runs. */
export function stateOf(presence: Presence): { word: string; tone: Tone; since: string } {
  if (presence.work === 'ringing') return { word: t(words.ringing), tone: 'info', since: presence.work_since }
  if (presence.work === 'serving') return { word: t(words.serving), tone: 'info', since: presence.work_since }
  if (presence.work === 'wrapping')
    return { word: t(words.wrapping), tone: 'warn', since: presence.work_since }
  if (presence.wanted === 'ready') return { word: t(words.ready), tone: 'ok', since: presence.since }
  if (presence.wanted === 'off') return { word: t(words.off), tone: 'off', since: presence.since }
  if (presence.reason === 'missed_rings') return { word: t(words.paused), tone: 'bad', since: presence.since }
  return { word: t(words.onBreak), tone: 'warn', since: presence.since }
}

export function colleagueState(one: Colleague): { word: string; tone: Tone } {
  if (one.work === 'ringing') return { word: t(words.ringing), tone: 'info' }
  if (one.work === 'serving') return { word: t(words.talking), tone: 'info' }
  if (one.work === 'wrapping') return { word: t(words.wrapping), tone: 'warn' }
  if (one.wanted === 'ready') return { word: t(words.ready), tone: 'ok' }
  return one.wanted === 'break'
    ? { word: t(words.onBreak), tone: 'warn' }
    : { word: t(words.off), tone: 'off' }
}

/** The reasons for a break that a person may choose, in the order of their keys 1–6. */
export const BREAKS: readonly ChosenReason[] = [
  'rest',
  'helping_on_site',
  'paperwork',
  'meeting',
  'device_fault',
  'other',
]
export const reasonWord = (reason: BreakReason): string => t(words[reason])
export const deviceWord = (device: string): string => (device === 'pc' ? t(words.pc) : t(words.phone))
export function levelWord(level: number): string {
  return level >= 3 ? t(words.proficient) : level === 2 ? t(words.able) : t(words.learner)
}
