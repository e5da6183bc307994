/** The short messages of a demonstration. */
import { stranger } from '../../../shots/answers'
import { ok, problem, type Shot } from '../../../shots/types'

const ID = '0198f2b4-0000-7000-8000-00000000000'
const message = (n: number, kind: string, text: string, state = 'sent') => ({
  id: `${ID}${n}`,
  kind,
  phone_masked: '199****0127',
  text,
  state,
  attempts: 1,
  queued_at: '2026-11-24T06:12:00Z',
})
const link = 'https://192.168.1.20:8443/continue#Yl3kT0q8w2mZ5x7vB9nR4sD6fG1hJ_aQpW-eUoIcLk8'
const three = [
  message(
    3,
    'recall_ringing',
    `云A012：轮到您了，工作人员正在等您。点开链接接通：${link}（只能用一次）`,
    'sending',
  ),
  message(2, 'recall_near', `云A012：快轮到您了，前面还有 2 位。请点开链接回来等：${link}（只能用一次）`),
  message(1, 'phone_code', '您的验证码是 402817，10 分钟内有效。工作人员不会向您要它，请不要告诉别人。'),
]

export const outbox: Shot[] = [
  {
    route: 'outbox',
    state: 'empty',
    path: '/outbox',
    answers: { ...stranger, 'GET /api/outbox': ok({ messages: [], before: null }) },
    until: '.blank',
  },
  {
    route: 'outbox',
    state: 'messages',
    path: '/outbox',
    answers: {
      ...stranger,
      'GET /api/outbox': ok({ messages: three, before: `${ID}1` }),
      [`POST /api/outbox/${ID}1/phone`]: ok({ phone: '19900000127' }),
    },
    steps: [{ press: '.outbox > li:last-child button' }],
    until: '.outbox',
  },
  {
    route: 'outbox',
    state: 'not-there',
    path: '/outbox',
    answers: { ...stranger, 'GET /api/outbox': problem('not_found', 404) },
    until: '[role=alert] h1',
  },
]
