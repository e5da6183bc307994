/** The steps of a coaching 网办辅导 (domain §5.4): which are ticked, which comes next, and what to say with it. */
import { computed } from 'vue'
import { messages } from '@/i18n'
import * as api from '../api'
import type { CoachingStep } from '../types'
import { line, refreshState, session, state, ticket } from './desk'
import { isGuest } from './invite'
import { ask } from './stage'

export const STEPS: readonly CoachingStep[] = [
  'matter',
  'conditions',
  'situation',
  'operation',
  'materials',
  'submission',
  'case_number',
]
export const stepWords = messages({
  matter: { zh: '核实诉求和事项', en: 'Need and item checked' },
  conditions: { zh: '告知条件、材料、时限', en: 'Conditions, papers, time' },
  situation: { zh: '按情形问清楚', en: 'Situation questions' },
  operation: { zh: '指导操作，对方自己点', en: 'They click, you guide' },
  materials: { zh: '预审材料', en: 'Papers looked over' },
  submission: { zh: '对方自己提交', en: 'They submit themselves' },
  case_number: { zh: '确认办件号', en: 'Case number confirmed' },
})
/** Ready words; those of the first step are the item's own. */
export const sayWords = messages({
  matter: {
    zh: '您想办什么事？我跟您核对一下，看是不是这一项。',
    en: 'What would you like done? Let me check that it is this matter.',
  },
  conditions: {
    zh: '我先说一下谁能办、要带什么、多久办好，您听听有没有不清楚的。',
    en: 'Let me tell you who may apply, what is needed and how long it takes.',
  },
  situation: {
    zh: '再问您几个小问题，好知道您是哪一种情况。',
    en: 'A few small questions, to know which case is yours.',
  },
  operation: {
    zh: '请您自己点，我在旁边看着。密码、验证码您自己输，不要念出来。',
    en: 'Please click yourself, I watch. Type passwords and codes yourself, and do not read them out.',
  },
  materials: {
    zh: '材料拍一张发过来，我先帮您看看合不合要求。',
    en: 'Send a photo of the papers, and I look whether they will do.',
  },
  submission: {
    zh: '都对了，就请您自己点“提交”。我不能替您点。',
    en: 'If all is right, please press Submit yourself. I may not do it for you.',
  },
  case_number: {
    zh: '提交好了会出一个办件号，请念给我听，以后凭它查进度。',
    en: 'After submitting there is a case number. Please read it to me; you can ask for progress by it.',
  },
})

/** This page coaches: it serves a session that goes on. */
export const coaches = computed(
  () => ticket.value?.flow === 'coach' && session.value?.state === 'open' && !isGuest.value,
)
export const coached = computed(() => session.value?.coached ?? {})
export const done = computed(() => STEPS.filter((step) => step in coached.value).length)
/** The first that is not ticked. */
export const current = computed(() => STEPS.find((step) => !(step in coached.value)) ?? null)

export async function toggleStep(step: CoachingStep): Promise<void> {
  const now = session.value
  if (now === null || !coaches.value) return
  const known = await ask(async () => {
    const answer =
      step in coached.value ? await api.undoStep(now.id, step) : await api.reachStep(now.id, step)
    // The event tells it; an answer that comes late would take back what was ticked since.
    if (line.value !== 'open' && state.value?.session?.id === now.id)
      state.value = { ...state.value, session: { ...state.value.session, coached: answer.coached } }
  })
  if (!known) void refreshState()
}
export const nextStep = (): void => {
  if (current.value !== null) void toggleStep(current.value)
}
