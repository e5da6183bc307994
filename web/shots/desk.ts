/** The workbench's side of the invented world: one clerk, her colleagues, the queue of her desk, the person at her window. */
import type {
  BreakReason,
  Colleague,
  DeskSession,
  Guide,
  Miss,
  Offer,
  Outcome,
  Presence,
  QueueRow,
  Staff,
  TicketDetail,
  Today,
  WorkbenchState,
} from '@/workbench/types'
import { guide } from './guide'
import { call, CLERK_SEAT, DESK, MY_SEAT, NOW, SESSION, TICKET } from './place'

/** An instant `seconds` from the time of the pictures. */
export const at = (seconds: number): string => new Date(Date.parse(NOW) + seconds * 1000).toISOString()
export const ENGAGEMENT = '8a7b6c5d-4e3f-4210-8f9e-0d1c2b3a4f5e'
export const LATE_SESSION = '3f1f6a0e-7a52-4b0a-8a55-0d3f9c7b2e11'

export const staff: Staff = {
  id: '2b7c1c1e-7a0e-4f39-9a55-1c8e2f8a9d10',
  account: 'limin',
  name: '李敏',
  organisation: '襄城县政务服务中心',
  roles: ['agent'],
  station: {
    id: '1d2c3b4a-5f6e-4789-8a9b-0c1d2e3f4a5b',
    number: '2 号云综窗',
    site_name: '襄城县政务服务中心',
  },
  desks: [{ id: DESK, name: '养老社保专席' }],
  second_factor: false,
}
/** Forty characters, as a person of a minority and a desk with a long name may have. */
export const longNamed: Staff = {
  ...staff,
  name: '阿卜杜热合曼·麦麦提明·吐尔逊江·艾合买提·努尔麦麦提·伊敏江·买买提依明汗',
  desks: [{ id: DESK, name: '襄城县城乡居民基本养老保险和社会保障卡综合受理与网办辅导联合专席（试点）' }],
}
/** What the server answers to somebody who binds a code generator; the code is a real one for this secret. */
export const enrolment = {
  secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  address:
    'otpauth://totp/%E8%A5%84%E5%9F%8E%C2%B7%E4%BA%91%E7%BB%BC%E7%AA%97%3Alimin?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=%E8%A5%84%E5%9F%8E%C2%B7%E4%BA%91%E7%BB%BC%E7%AA%97&digits=6&period=30',
  qr_svg:
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 65 65" class="segno"><path class="qrline" stroke="#000" d="M4 4.5h7m4 0h3m6 0h3m1 0h1m1 0h1m2 0h2m1 0h1m1 0h1m2 0h2m2 0h2m3 0h2m2 0h7m-57 1h1m5 0h1m1 0h1m1 0h2m1 0h2m4 0h2m2 0h4m2 0h1m1 0h1m1 0h1m2 0h3m6 0h1m1 0h1m2 0h1m5 0h1m-57 1h1m1 0h3m1 0h1m1 0h5m1 0h1m1 0h1m1 0h2m3 0h2m3 0h2m3 0h2m1 0h1m3 0h1m1 0h1m1 0h4m2 0h1m1 0h3m1 0h1m-57 1h1m1 0h3m1 0h1m1 0h2m1 0h3m2 0h1m4 0h2m1 0h1m3 0h1m2 0h1m1 0h6m1 0h1m3 0h1m2 0h1m2 0h1m1 0h3m1 0h1m-57 1h1m1 0h3m1 0h1m2 0h1m1 0h1m1 0h3m1 0h5m1 0h2m1 0h5m1 0h2m1 0h1m5 0h2m4 0h1m2 0h1m1 0h3m1 0h1m-57 1h1m5 0h1m2 0h1m3 0h2m2 0h1m1 0h1m1 0h2m3 0h1m3 0h5m1 0h4m1 0h2m2 0h2m3 0h1m5 0h1m-57 1h7m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h7m-49 1h1m1 0h1m1 0h2m2 0h1m1 0h1m3 0h1m2 0h2m3 0h1m5 0h1m2 0h1m2 0h5m1 0h1m-49 1h1m5 0h1m1 0h1m2 0h1m1 0h1m3 0h3m2 0h1m1 0h8m3 0h3m5 0h1m2 0h1m2 0h2m2 0h3m-56 1h2m1 0h1m1 0h1m1 0h1m1 0h2m4 0h3m1 0h2m1 0h3m1 0h2m2 0h3m1 0h3m1 0h1m1 0h1m1 0h3m1 0h1m1 0h1m1 0h5m1 0h1m-51 1h1m6 0h2m3 0h1m2 0h1m1 0h5m1 0h1m1 0h1m3 0h2m1 0h1m4 0h1m1 0h2m2 0h2m2 0h1m1 0h1m-56 1h1m2 0h2m3 0h1m1 0h2m2 0h2m5 0h1m1 0h2m5 0h4m2 0h1m5 0h4m1 0h2m1 0h1m2 0h3m-53 1h5m1 0h4m2 0h8m1 0h2m6 0h1m1 0h1m2 0h2m1 0h2m1 0h2m1 0h1m3 0h1m1 0h1m1 0h1m1 0h1m-57 1h1m2 0h1m1 0h1m1 0h1m1 0h1m3 0h1m1 0h2m1 0h4m2 0h1m3 0h4m5 0h1m1 0h1m1 0h5m2 0h2m3 0h2m1 0h1m-54 1h2m1 0h1m2 0h1m1 0h2m1 0h2m1 0h1m2 0h2m1 0h3m2 0h2m2 0h1m1 0h2m3 0h1m5 0h1m1 0h1m2 0h2m1 0h3m-56 1h1m1 0h2m3 0h3m4 0h1m1 0h3m2 0h1m2 0h1m1 0h1m1 0h1m1 0h1m3 0h2m1 0h2m1 0h2m2 0h1m1 0h1m2 0h3m2 0h1m1 0h1m-55 1h1m3 0h3m1 0h1m2 0h3m1 0h1m3 0h2m1 0h2m5 0h1m4 0h1m4 0h1m1 0h1m2 0h1m2 0h1m1 0h1m1 0h1m-53 1h1m12 0h1m1 0h1m1 0h1m1 0h5m3 0h4m1 0h1m1 0h2m2 0h1m2 0h1m1 0h2m2 0h2m1 0h1m3 0h2m-57 1h1m1 0h3m1 0h4m2 0h1m1 0h1m2 0h3m1 0h1m2 0h2m1 0h5m1 0h1m2 0h2m2 0h2m1 0h1m2 0h1m4 0h1m2 0h3m-53 1h2m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h3m2 0h3m2 0h2m1 0h1m1 0h1m2 0h1m3 0h4m2 0h1m1 0h2m2 0h2m1 0h2m-52 1h1m1 0h1m4 0h2m2 0h1m5 0h1m4 0h1m2 0h2m2 0h1m2 0h1m2 0h1m1 0h3m5 0h1m3 0h1m1 0h1m-56 1h1m4 0h1m1 0h8m1 0h4m4 0h1m1 0h3m1 0h1m2 0h3m2 0h5m3 0h1m1 0h1m1 0h4m-53 1h1m1 0h1m2 0h1m2 0h1m2 0h1m3 0h5m1 0h1m1 0h1m1 0h1m2 0h3m8 0h1m1 0h1m3 0h1m3 0h2m1 0h1m-53 1h4m2 0h1m3 0h2m2 0h1m1 0h5m3 0h1m2 0h1m2 0h1m3 0h1m1 0h1m4 0h5m2 0h1m2 0h4m-55 1h3m2 0h3m2 0h1m4 0h1m2 0h1m1 0h1m1 0h3m2 0h5m1 0h3m1 0h1m1 0h1m3 0h1m1 0h1m3 0h1m1 0h1m3 0h1m-57 1h1m7 0h3m3 0h4m3 0h1m1 0h5m1 0h3m3 0h2m2 0h1m1 0h2m4 0h3m4 0h2m-56 1h2m1 0h6m3 0h2m1 0h3m2 0h1m2 0h2m1 0h5m2 0h4m1 0h1m2 0h3m2 0h1m1 0h5m2 0h1m-56 1h1m3 0h1m3 0h2m1 0h4m6 0h1m1 0h1m1 0h2m3 0h1m2 0h1m3 0h2m1 0h3m2 0h1m2 0h1m3 0h4m-55 1h2m1 0h1m1 0h1m1 0h2m3 0h1m1 0h2m1 0h3m1 0h1m3 0h1m1 0h1m1 0h1m2 0h2m1 0h2m3 0h3m2 0h3m1 0h1m1 0h1m1 0h1m-55 1h3m1 0h1m3 0h6m5 0h2m1 0h1m1 0h1m1 0h1m3 0h5m1 0h1m2 0h4m2 0h1m2 0h1m3 0h1m3 0h1m-53 1h5m1 0h1m2 0h1m1 0h1m2 0h2m2 0h1m3 0h5m1 0h3m1 0h1m2 0h6m2 0h6m1 0h3m-57 1h1m1 0h2m3 0h3m2 0h3m2 0h1m1 0h1m3 0h2m2 0h1m2 0h1m1 0h2m1 0h3m13 0h1m2 0h1m-54 1h8m2 0h1m1 0h2m1 0h3m1 0h1m3 0h1m1 0h2m1 0h1m1 0h1m4 0h2m3 0h3m1 0h2m2 0h1m1 0h1m1 0h1m1 0h1m-56 1h2m6 0h3m2 0h7m1 0h1m1 0h1m3 0h3m4 0h13m1 0h5m3 0h1m-56 1h3m2 0h3m1 0h1m1 0h6m8 0h1m2 0h3m1 0h2m1 0h1m6 0h1m1 0h1m1 0h2m5 0h3m-56 1h5m6 0h1m1 0h2m5 0h1m1 0h1m1 0h1m1 0h1m1 0h1m2 0h3m2 0h1m2 0h3m7 0h2m2 0h1m-55 1h5m1 0h1m3 0h1m1 0h1m4 0h7m4 0h3m1 0h5m1 0h3m1 0h1m1 0h5m1 0h1m1 0h1m2 0h2m-55 1h1m5 0h6m2 0h3m1 0h1m1 0h1m1 0h2m3 0h1m1 0h1m1 0h1m1 0h3m3 0h2m2 0h1m2 0h4m1 0h2m1 0h1m-57 1h3m3 0h6m1 0h4m1 0h2m1 0h3m2 0h1m2 0h6m1 0h1m2 0h2m1 0h1m6 0h1m1 0h1m1 0h1m-54 1h4m3 0h1m2 0h2m5 0h2m1 0h1m1 0h3m1 0h1m1 0h2m2 0h1m3 0h1m1 0h2m1 0h2m1 0h1m2 0h2m2 0h2m1 0h3m-56 1h3m1 0h2m4 0h2m6 0h1m1 0h3m2 0h2m2 0h2m1 0h1m1 0h2m2 0h1m1 0h3m1 0h1m3 0h1m2 0h1m-53 1h2m2 0h2m1 0h1m2 0h1m4 0h1m2 0h5m1 0h1m1 0h2m3 0h1m1 0h1m2 0h1m5 0h2m1 0h1m7 0h4m-57 1h7m1 0h1m2 0h2m1 0h1m1 0h1m4 0h1m2 0h2m2 0h4m2 0h5m1 0h1m3 0h4m2 0h1m1 0h5m-55 1h1m1 0h2m1 0h3m2 0h2m1 0h1m1 0h3m1 0h1m1 0h2m2 0h1m5 0h1m3 0h1m2 0h6m1 0h2m1 0h2m1 0h3m-55 1h1m2 0h4m1 0h1m1 0h2m1 0h1m1 0h1m3 0h4m2 0h4m1 0h2m3 0h2m1 0h1m1 0h1m1 0h1m1 0h2m1 0h2m1 0h3m-54 1h4m1 0h1m2 0h1m2 0h2m1 0h1m1 0h6m2 0h1m2 0h2m4 0h3m2 0h2m1 0h3m2 0h1m1 0h5m1 0h3m-57 1h1m1 0h1m2 0h2m4 0h1m6 0h2m1 0h2m1 0h3m2 0h1m1 0h3m1 0h4m2 0h7m1 0h1m1 0h1m1 0h3m-56 1h5m3 0h1m1 0h1m4 0h2m1 0h1m3 0h3m1 0h2m2 0h3m2 0h1m2 0h3m1 0h4m1 0h1m6 0h1m1 0h1m-51 1h1m7 0h4m2 0h1m5 0h7m1 0h3m1 0h4m2 0h10m1 0h2m-49 1h1m1 0h3m1 0h1m2 0h1m2 0h1m3 0h1m1 0h1m3 0h2m4 0h1m2 0h1m2 0h1m1 0h2m1 0h2m3 0h1m1 0h3m-57 1h7m4 0h1m2 0h2m4 0h2m3 0h2m1 0h1m1 0h2m5 0h5m1 0h1m1 0h2m1 0h1m1 0h1m1 0h2m-54 1h1m5 0h1m3 0h3m2 0h2m3 0h1m1 0h1m1 0h1m1 0h1m3 0h1m2 0h2m1 0h1m4 0h1m4 0h1m1 0h1m3 0h5m-57 1h1m1 0h3m1 0h1m3 0h1m1 0h1m3 0h3m2 0h10m4 0h1m3 0h1m1 0h1m3 0h8m1 0h2m-56 1h1m1 0h3m1 0h1m5 0h2m3 0h1m1 0h1m1 0h1m2 0h1m3 0h3m6 0h1m1 0h5m3 0h1m2 0h1m1 0h3m-55 1h1m1 0h3m1 0h1m2 0h2m1 0h3m1 0h1m3 0h1m3 0h1m1 0h1m1 0h1m1 0h3m5 0h1m1 0h2m2 0h2m1 0h4m1 0h5m-57 1h1m5 0h1m2 0h1m3 0h2m4 0h1m1 0h2m1 0h2m1 0h2m1 0h1m1 0h1m1 0h1m1 0h1m2 0h5m2 0h4m2 0h1m1 0h1m-55 1h7m1 0h2m3 0h2m1 0h2m1 0h1m1 0h1m1 0h1m3 0h1m3 0h1m3 0h2m1 0h2m1 0h3m1 0h1m1 0h3m5 0h1"/></svg>',
}
export const recovery = {
  codes: [
    'mzxw-6ytb-oi2d-enrv',
    'gq3t-qojq-mfrg-gzdf',
    'nvqw-yzlt-onrx-e2lq',
    'orsx-g5ba-mfxg-4zlo',
    'pfxx-k4tf-mfzg-k3tt',
    'ovzg-k3ra-nnsw-63tp',
    'kruw-4zdf-nqqg-c3tt',
    'jnxx-ezls-nf2h-k3lq',
    'mrxw-2zlt-oruw-6zlb',
    'mfxg-64dm-mfxg-g2lu',
  ],
}
export const withFactor: Staff = { ...staff, second_factor: true }
export const stations = [1, 2, 3].map((n) => ({
  id: `1d2c3b4a-5f6e-4789-8a9b-0c1d2e3f4a5${n === 2 ? 'b' : String(n)}`,
  number: `${String(n)} 号云综窗`,
  site_name: '襄城县政务服务中心',
  organisation_name: '襄城县政务服务中心',
}))

const LIMITED: readonly BreakReason[] = ['rest', 'helping_on_site', 'paperwork']
const REASONS: readonly BreakReason[] = [
  ...LIMITED,
  'meeting',
  'device_fault',
  'other',
  'training',
  'missed_rings',
]
/** Breaks of today up to the time of the pictures. */
export const breaks = (times: number, used: Partial<Record<BreakReason, number>> = {}): Today['breaks'] => ({
  times,
  seconds: Object.values(used).reduce((sum, seconds) => sum + seconds, 0),
  at: NOW,
  reasons: REASONS.map((reason) => ({
    reason,
    seconds: used[reason] ?? 0,
    limit_minutes: LIMITED.includes(reason) ? 15 : null,
  })),
})
export const today: Today = {
  answered: 23,
  missed: 0,
  average_answer_seconds: 31,
  average_talk_seconds: 492,
  solved: 21,
  ended: 23,
  rated: 49,
  good: 48,
  breaks: breaks(2, { rest: 720, meeting: 360 }),
  last: { number: '云A011', item_short_name: '居民养老参保', ended_at: at(-252), seconds: 511 },
}
export const noToday: Today = {
  answered: 0,
  missed: 0,
  average_answer_seconds: null,
  average_talk_seconds: null,
  solved: 0,
  ended: 0,
  rated: 0,
  good: 0,
  breaks: breaks(0),
  last: null,
}

const row = (
  ticket_id: string,
  number: string,
  item_short_name: string,
  waited: number,
  device: string,
  region_name: string,
  more: Partial<QueueRow> = {},
): QueueRow => ({
  ticket_id,
  number,
  item_short_name,
  waited_since: at(-waited),
  state: 'waiting',
  device,
  region_name,
  why: [],
  elderly: false,
  typed_only: false,
  desk_id: DESK,
  callback_at: null,
  callback_from: null,
  callback_tries: 0,
  ...more,
})
/** A callback in so many seconds, which may be called a quarter of an hour before. */
const agreedFor = (seconds: number) =>
  ({ state: 'parked', callback_at: at(seconds), callback_from: at(seconds - 900) }) as const
export const queue: QueueRow[] = [
  row(TICKET, '云A012', '居民养老参保', 250, 'phone', '襄城县', { elderly: true }),
  row('t2', '云A009', '社保卡补换', 402, 'phone', '襄城县', { why: [{ code: 'dropped_call', params: {} }] }),
  row('t3', '云A010', '居民养老参保', 258, 'phone', '襄城县'),
  row('t4', '云A014', '居民养老参保', 140, 'phone', '襄城县'),
  row('t5', '云A015', '社保卡补换', 48, 'pc', '襄城县'),
  row('t6', '云A004', '居民养老参保', 3000, 'phone', '襄城县', agreedFor(600)),
  row('t7', '云A007', '社保卡补换', 2100, 'phone', '襄城县', agreedFor(3600)),
]
export const waiting: QueueRow[] = queue.slice(2)

export const colleagues: Colleague[] = [
  {
    staff_id: 'c0',
    name: '王秀英',
    station: '1 号云综窗',
    wanted: 'ready',
    work: 'serving',
    work_since: at(-200),
    is_me: false,
  },
  {
    staff_id: 'c1',
    name: '张鹏',
    station: '3 号云综窗',
    wanted: 'ready',
    work: 'wrapping',
    work_since: at(-48),
    is_me: false,
  },
  {
    staff_id: 'c2',
    name: '李敏',
    station: '2 号云综窗',
    wanted: 'ready',
    work: 'idle',
    work_since: at(-252),
    is_me: true,
  },
]

export const ticket: TicketDetail = {
  invitation: null,
  handover: null,
  ticket_id: TICKET,
  number: '云A012',
  form_of_address: '张桂兰',
  phone_masked: '199****0318',
  elderly: true,
  typed_only: false,
  flow: 'coach',
  item_key: 'P01',
  item_name: '城乡居民养老保险参保登记',
  region_code: '411025000000',
  region_name: '襄城县',
  device: 'phone',
  line: { round_trip_ms: 46, spread_ms: 12, lost_percent: 0, kbps: 18_400 },
  enqueued_at: at(-250),
  answers: [
    { ask: '您的户口在哪里？', say: '在许昌市（哪个县区都可以）' },
    { ask: '您属于政府帮着交保费的困难群体吗？', say: '不属于' },
    { ask: '以前参加过养老保险吗？', say: '没有参加过' },
    { ask: '今天谁来办？', say: '本人' },
  ],
  trust_level: 2,
  previous: [{ ended_at: at(-518_400), outcome: 'guided_online', clerk: '张鹏' }],
  guide: {
    ...guide,
    script:
      '您好，我是襄城县政务服务中心李敏。您这边是来办养老保险参保，对吗？我先跟您核对一下户口和年龄，再一步一步带您填。',
    materials: guide.materials.map((material) =>
      material.key === 'id_card'
        ? { ...material, review_points: ['在有效期内', '正反面清晰，四角完整', '姓名、号码与本人一致'] }
        : material,
    ),
  },
}

const outcome = (code: string, group: Outcome['group'], solved = false): Outcome => ({ code, group, solved })
export const outcomes: Outcome[] = [
  ...['solved', 'guided_online', 'received'].map((code) => outcome(code, 'done', true)),
  ...['to_acceptance', 'to_support', 'to_12345', 'rebooked', 'needs_visit'].map((code) =>
    outcome(code, 'done'),
  ),
  ...['gave_up', 'dropped', 'poor_picture', 'doubtful_identity', 'out_of_scope'].map((code) =>
    outcome(code, 'not_done'),
  ),
]

export const presence = (more: Partial<Presence> = {}): Presence => ({
  wanted: 'ready',
  reason: null,
  since: at(-252),
  remind_at: null,
  work: 'idle',
  work_since: at(-252),
  ...more,
})
/** On break for so many seconds, with the limit that its reason has. */
export const onBreak = (reason: BreakReason, seconds: number): Presence =>
  presence({
    wanted: 'break',
    reason,
    since: at(-seconds),
    work_since: at(-seconds),
    remind_at: LIMITED.includes(reason) ? at(900 - seconds) : null,
  })
export const missed = (n: number, rang: number, more: Partial<Miss> = {}): Miss => ({
  engagement_id: `m${String(n)}`,
  kind: 'serve',
  rung_at: at(-rang),
  seconds: 20,
  number: `云A0${String(n)}`,
  item_short_name: '居民养老参保',
  became: 'waiting',
  by: null,
  at: null,
  reason: null,
  ...more,
})
export const misses: Miss[] = [
  missed(26, 156, { item_short_name: '居民养老待遇申领', became: 'answered', by: '王秀英', at: at(-128) }),
  missed(27, 118),
]
/** What else may have become of them, with a long name and a long item. */
export const mixedMisses: Miss[] = [
  missed(31, 300, { became: 'answered', by: longNamed.name, at: at(-260) }),
  missed(32, 270, {
    became: 'ringing',
    item_short_name: '城乡居民基本养老保险关系转移接续和待遇领取资格认证',
  }),
  missed(33, 240, { became: 'callback', at: at(1800) }),
  missed(34, 210, { became: 'left', at: at(-100) }),
  missed(35, 180, { became: 'expired', at: at(-60) }),
  missed(36, 150, { kind: 'invite', became: 'talking' }),
  missed(37, 118, { kind: 'invite', became: 'over' }),
]
export const offer: Offer = {
  engagement_id: ENGAGEMENT,
  kind: 'serve',
  ticket_id: TICKET,
  desk_id: DESK,
  expires_at: at(15),
  ring_seconds: 20,
  offered_at: at(-5),
  why: {
    rule: 'head_of_queue',
    candidates: 1,
    level: 3,
    waited_seconds: 250,
    bonus_seconds: 180,
    facts: [],
  },
}
/** The same person at the time for which a callback was agreed. */
export const calledBack: Offer = {
  ...offer,
  why: {
    ...offer.why,
    waited_seconds: 2850,
    bonus_seconds: 86_400,
    facts: [{ code: 'callback', params: { at: at(-5) } }],
  },
}
/** Three steps of the coaching, reached one after the other. */
export const coached = { matter: at(-463), conditions: at(-381), situation: at(-295) }
/** Called back by this clerk before the agreed time. */
export const calledEarly: Offer = {
  ...calledBack,
  why: {
    ...calledBack.why,
    rule: 'callback_early',
    bonus_seconds: 0,
    facts: [{ code: 'callback', params: { at: at(600) } }],
  },
}
export const session = (more: Partial<DeskSession> = {}): DeskSession => ({
  id: SESSION,
  part: 'serve',
  number: 'YZC-20261124-0147',
  state: 'open',
  ticket_id: TICKET,
  started_at: at(-511),
  ended_at: null,
  end_reason: null,
  wrap_until: null,
  coached: {},
  draft: null,
  ...more,
})
export const state = (more: Partial<WorkbenchState> = {}): WorkbenchState => ({
  cursor: { stream: `staff:${staff.id}`, seq: 7 },
  server_time: NOW,
  presence: presence(),
  offer: null,
  session: null,
  call: null,
  chat: null,
  matters: null,
  unfinished: [],
  ...more,
})
export const talking = presence({ work: 'serving', work_since: at(-511) })
export const joined = {
  call: call({
    state: 'connected',
    participants: [
      { id: CLERK_SEAT, side: 'clerk', attempt: 2, name: '张艳丽', organisation: '魏都区政务服务中心' },
      { id: MY_SEAT, side: 'applicant', attempt: 1, name: null, organisation: null },
    ],
    invitations: [],
  }),
  participant_id: CLERK_SEAT,
  attempt: 2,
  ice_servers: [],
  relay_only: false,
  transport: 'p2p',
}
export const chat = {
  session_id: SESSION,
  last: 0,
  applicant: { delivered: 0, read: 0 },
  clerk: { delivered: 0, read: 0 },
}
export const furtherGuide: Guide = {
  ...guide,
  key: 'P18',
  name: '居民身份证补领',
  version_id: 'version-P18',
  script: '您的身份证是丢了，还是到期了？丢了的话我先带您挂失。',
  situations: [],
}
export const unfinished = [
  {
    session_id: LATE_SESSION,
    number: 'YZC-20261124-0139',
    ended_at: at(-1200),
    item_key: 'P01',
    ticket_id: 't0',
    draft: {
      outcome: null,
      summary: '帮马桂枝办理城乡居民养老保险参保登记，户口簿下午拍好再传，',
      next_step: 'none' as const,
    },
  },
]
