/** An invitation and who comes by it, for both faces. */
import type { components } from '../src/api/schema'
import { at } from './desk'
import { CLERK_SEAT, MY_SEAT } from './place'

type Schemas = components['schemas']

export const EXPERT_SEAT = 'cccccccc-0000-4000-8000-000000000003'
const OFFICE = '许昌市人力资源和社会保障局'
const CENTRE = '魏都区政务服务中心'

const seats: Schemas['ParticipantView'][] = [
  { id: MY_SEAT, side: 'applicant', attempt: 1, name: null, organisation: null },
  { id: CLERK_SEAT, side: 'clerk', attempt: 2, name: '张艳丽', organisation: CENTRE },
]
export const three: Schemas['ParticipantView'][] = [
  ...seats,
  { id: EXPERT_SEAT, side: 'invited', attempt: 1, name: '李红霞', organisation: OFFICE },
]
export const four: Schemas['ParticipantView'][] = [
  ...three,
  {
    id: 'cccccccc-0000-4000-8000-000000000005',
    side: 'invited',
    attempt: 1,
    name: '赵书敏',
    organisation: CENTRE,
  },
]
export const invitation = (state: Schemas['InvitationView']['state']): Schemas['InvitationView'] => ({
  id: 'cccccccc-0000-4000-8000-000000000004',
  name: '李红霞',
  organisation: OFFICE,
  state,
  offered_at: at(-6),
  expires_at: at(14),
})

export const replied = '能认，看招工表原件就行。请她把原件带到市人才中心核一下。'

const person = (
  name: string,
  state: Schemas['Candidate']['state'],
  more: Partial<Schemas['Candidate']> = {},
): Schemas['Candidate'] => ({
  staff_id: name,
  name,
  organisation: CENTRE,
  desk: '魏都社保养老专席',
  expert: false,
  level: 2,
  state,
  answer: null,
  answer_reason: null,
  ...more,
})
export const candidates: Schemas['Candidate'][] = [
  person('赵书敏', 'busy', { expert: true, level: 3 }),
  person('李红霞', 'ready', { expert: true, level: 3, organisation: OFFICE, desk: '市级社保医保专席' }),
  person('马志强', 'ready', { answer: 'declined', answer_reason: 'busy_paperwork' }),
  person('刘静雯', 'break', { level: 3, organisation: '许昌市政务服务中心', desk: '市级社保医保专席' }),
  person('董玉洁', 'off', { level: 3, organisation: '许昌市政务服务中心', desk: '市级社保医保专席' }),
]
export const offered: Schemas['InvitationCard'] = {
  name: '张艳丽',
  organisation: CENTRE,
  talking_since: at(-692),
  words: '系统核定 14 年 7 个月，她说 1996 年在厂里做过工，档案里有招工表。视同缴费能不能认？她想弹性提前。',
}
export const whyExpert: Schemas['Why'] = {
  rule: 'invited',
  candidates: 1,
  level: 3,
  waited_seconds: 0,
  bonus_seconds: 0,
  facts: [
    { code: 'invited', params: { name: '张艳丽', organisation: CENTRE } },
    { code: 'expert_of_desk', params: { desk: '市级社保医保专席' } },
    { code: 'skill', params: { level: 3 } },
  ],
}

const desk = (name: string, more: Partial<Schemas['TransferDesk']> = {}): Schemas['TransferDesk'] => ({
  desk_id: name,
  name,
  region_name: '许昌市',
  here: false,
  open: true,
  opens_at: null,
  present: 0,
  free: 0,
  waiting: 0,
  estimate_minutes: null,
  ...more,
})
/** To whom a call could be handed on. */
export const transfers: Schemas['TransferOptions'] = {
  people: [
    person('赵书敏', 'here', { level: 3 }),
    person('马志强', 'ready'),
    person('刘静雯', 'busy', { level: 3, organisation: '许昌市政务服务中心', desk: '市级社保医保专席' }),
    person('董玉洁', 'break', { level: 3, organisation: '许昌市政务服务中心', desk: '市级社保医保专席' }),
  ],
  desks: [
    desk('魏都社保养老专席', { here: true, present: 2, free: 1, waiting: 2, estimate_minutes: [0, 0] }),
    desk('市级社保医保专席', { present: 6, waiting: 4, estimate_minutes: [5, 10] }),
    desk('市级养老服务专席', { open: false, opens_at: at(60_000) }),
    desk('市级综合受理专席'),
  ],
}
export const handedOver: Schemas['HandoverCard'] = {
  name: '张艳丽',
  organisation: CENTRE,
  at: at(-8),
  words: '材料齐了，只差银行卡。填到第 4 步，卡号要填社保卡背面的银行账号。',
}
export const whyHanded: Schemas['Why'] = {
  rule: 'transferred',
  candidates: 1,
  level: 2,
  waited_seconds: 812,
  bonus_seconds: 0,
  facts: [
    { code: 'handed_to_you', params: { name: '张艳丽', organisation: CENTRE } },
    { code: 'skill', params: { level: 2 } },
    { code: 'waited', params: { seconds: 812 } },
  ],
}
