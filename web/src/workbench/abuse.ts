/** Why an account may be blocked, as the citizen is told. */
import { messages } from '@/i18n'

export const reasonWords = messages({
  insults: { zh: '辱骂工作人员', en: 'Insults against the staff' },
  harassment: { zh: '骚扰工作人员', en: 'Harassment of the staff' },
  threats: { zh: '威胁工作人员', en: 'Threats against the staff' },
})
