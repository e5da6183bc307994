/** The invented world of the pictures: one county, one clerk, one citizen, on Tuesday 24 November 2026. */
import type { components } from '@/api/schema'
import type {
  Account,
  ApplicantState,
  Call,
  Deployment,
  DeviceLink,
  Item,
  RatingLevel,
  Region,
  Session,
  Ticket,
} from '@/api/types'

/** 14:15 in Xuchang. */
export const NOW = '2026-11-24T06:15:00Z'

export const deployment: Deployment = {
  mode: 'demonstration',
  name: '许昌·云综窗',
  organiser: '许昌市行政审批和政务信息管理局',
  open_all_hours: true,
  server_time: NOW,
  time_zone: 'Asia/Shanghai',
  secure_origin: null,
  footer: {
    icp: '',
    police: '',
    site_code: '',
    correction_url: '',
    privacy_url: '',
    accessibility_url: '',
  },
}

const county = (code: string, name: string): Region => ({
  code,
  name,
  level: 'county',
  parent: '411000000000',
})
export const XIANGCHENG = '411025000000'
export const regions: Region[] = [
  { code: '411000000000', name: '许昌市', level: 'city', parent: null },
  county('411002000000', '魏都区'),
  county('411003000000', '建安区'),
  county('411024000000', '鄢陵县'),
  county(XIANGCHENG, '襄城县'),
  county('411081000000', '禹州市'),
  county('411082000000', '长葛市'),
]

const item = (
  key: string,
  name: string,
  short_name: string,
  plain: string,
  more: Partial<Item> = {},
): Item => ({
  key,
  name,
  short_name,
  plain,
  project_type: '1',
  promise_day: 1,
  is_fee: false,
  themes: ['社会保障'],
  flows: ['coach'],
  ...more,
})
export const items: Item[] = [
  item(
    'P01',
    '城乡居民养老保险参保登记',
    '居民养老参保',
    '年满16周岁、不上学、也没有参加职工养老保险的城乡居民，登记参加居民养老保险。',
  ),
  item(
    'P04',
    '社会保障卡补领换领',
    '社保卡补换',
    '社会保障卡丢了、坏了、到期了或者姓名变了，重新补一张、换一张。',
  ),
  item('P18', '居民身份证补领', '身份证补领', '身份证丢了或被偷了，本人到派出所按指纹、照相，补一张新的。', {
    project_type: '2',
    promise_day: 20,
    is_fee: true,
  }),
  item(
    'B01',
    '个体工商户设立登记',
    '个体户开业',
    '自己开店、摆摊、干手艺活或者在网上卖货，领一张个体户的营业执照。',
  ),
]

export const account: Account = {
  id: '0c5d3a52-7f5e-4f0e-9d63-1d2b1f5a7c01',
  form_of_address: '刘春梅',
  phone_masked: '199****0127',
  elderly: false,
  phone_verified: true,
}
/** A name of 40 characters, as a member of a minority may have. */
export const longNamed: Account = {
  ...account,
  form_of_address: '阿卜杜热合曼·麦麦提明·吐尔逊江·艾合买提·努尔麦麦提·伊敏江·买买提依明汗',
}

export const TICKET = '7b0d9f7a-4c0b-4a45-9a0e-8f5f0a6d1c12'
export const SESSION = '3f1f6a0e-7a52-4b0a-8a55-0d3f9c7b2e47'
export const DESK = 'c0a8012e-1f3b-4a5e-8b62-5e4d3c2b1a00'
export const CALL = '9d8e7c6b-5a49-4837-a625-14f3e2d1c0bf'
export const CLERK_SEAT = '11111111-2222-4333-8444-555555555555'
export const MY_SEAT = '66666666-7777-4888-9999-aaaaaaaaaaaa'

export const ticket = (more: Partial<Ticket> = {}): Ticket => ({
  id: TICKET,
  number: '云A012',
  state: 'waiting',
  close_reason: null,
  flow: 'coach',
  item_key: 'P01',
  version_id: 'b1b5f5a0-0c44-4a59-8df0-2f3c5f1c9e11',
  region_code: XIANGCHENG,
  desk_id: DESK,
  enqueued_at: '2026-11-24T05:58:00Z',
  parked_until: null,
  session_id: null,
  elderly: false,
  typed_only: false,
  callback_at: null,
  callback_tries: 0,
  bonus_reason: null,
  ...more,
})

export const session = (more: Partial<Session> = {}): Session => ({
  id: SESSION,
  number: 'YZC-20261124-0147',
  state: 'open',
  clerk_id: '2b7c1c1e-7a0e-4f39-9a55-1c8e2f8a9d10',
  started_at: '2026-11-24T06:02:00Z',
  ended_at: null,
  outcome: null,
  end_reason: null,
  ...more,
})

/** The citizen's picture, on which the clerk has drawn. */
export const drawnOn = {
  no: 4,
  kind: 'face',
  participant_id: MY_SEAT,
  turn: 0,
  zoom: 100,
  x: 5000,
  y: 5000,
  strokes: 7,
  file_id: null,
} as const
export const strokes = {
  no: 4,
  events: (
    [
      [
        'pen',
        'red',
        [
          3700, 3000, 3400, 3900, 3500, 4700, 4000, 5000, 4700, 4900, 5000, 4200, 4800, 3300, 4200, 2900,
          3600, 3100,
        ],
      ],
      ['arrow', 'red', [6800, 7000, 5300, 5200]],
      ['highlighter', 'yellow', [2600, 8000, 6300, 8000]],
    ] as const
  ).map(([tool, colour, places], index) => ({
    seq: 5 + index,
    kind: 'stroke',
    undone: null,
    stroke: { no: 4, id: `01890000-0000-7000-8000-00000000000${String(index)}`, tool, colour, places },
  })),
}

/** A photo that came, and a frame that was held. */
export const PHOTO = '77777777-8888-4999-8aaa-bbbbbbbbbbbb'
export const FRAME = '99999999-aaaa-4bbb-8ccc-dddddddddddd'
export const photoAsked = (
  more: Partial<components['schemas']['PhotoRequestView']> = {},
): components['schemas']['PhotoRequestView'] => ({
  id: '88888888-9999-4aaa-8bbb-cccccccccccc',
  what: 'id_front',
  label: null,
  state: 'asked',
  file_id: null,
  ...more,
})
export const pictureOn = { ...drawnOn, kind: 'picture', file_id: PHOTO } as const

export const call = (more: Partial<Call> = {}): Call => ({
  id: CALL,
  session_id: SESSION,
  state: 'connecting',
  grace_until: null,
  recall: null,
  ended_reason: null,
  stage: null,
  hold: null,
  photo: null,
  pushed: 0,
  participants: [
    { id: CLERK_SEAT, side: 'clerk', attempt: 1, name: '张艳丽', organisation: '魏都区政务服务中心' },
    { id: MY_SEAT, side: 'applicant', attempt: 0, name: null, organisation: null },
  ],
  invitations: [],
  ...more,
})

export const state = (more: Partial<ApplicantState> = {}): ApplicantState => ({
  cursor: { stream: `account:${account.id}`, seq: 12 },
  server_time: NOW,
  ticket: null,
  session: null,
  call: null,
  chat: null,
  matters: null,
  rating: null,
  letters: [],
  ...more,
})

const callbackTime = (minutes: number, at: string) => ({ minutes, at: `2026-11-24T${at}:00Z` })
export const callbackOffer = (
  more: Partial<components['schemas']['CallbackOffer']> = {},
): components['schemas']['CallbackOffer'] => ({
  offered_from: '2026-11-24T06:01:00Z',
  times: [
    callbackTime(10, '06:25'),
    callbackTime(30, '06:45'),
    callbackTime(60, '07:15'),
    callbackTime(120, '08:15'),
  ],
  recall: 'on',
  ...more,
})

/** As the server draws it, of this very address. */
export const deviceLink: DeviceLink = {
  address: 'https://192.168.1.20:8443/continue#Jt3oW0p2xQ9Zb7Lr5Nf1Yk8Vd4Hs6Ea2Uc0Gm3Xq7Ti',
  qr_svg:
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 45 45" class="segno"><path class="qrline" stroke="#000" d="M4 4.5h7m3 0h1m1 0h4m4 0h3m2 0h4m1 0h7m-37 1h1m5 0h1m2 0h2m3 0h3m3 0h1m3 0h4m2 0h1m5 0h1m-37 1h1m1 0h3m1 0h1m1 0h3m3 0h1m4 0h6m2 0h1m2 0h1m1 0h3m1 0h1m-37 1h1m1 0h3m1 0h1m1 0h3m4 0h4m6 0h1m4 0h1m1 0h3m1 0h1m-37 1h1m1 0h3m1 0h1m1 0h1m1 0h2m1 0h1m4 0h4m1 0h2m1 0h1m3 0h1m1 0h3m1 0h1m-37 1h1m5 0h1m1 0h1m1 0h1m1 0h2m1 0h1m4 0h3m1 0h4m2 0h1m5 0h1m-37 1h7m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h1m1 0h7m-29 1h1m1 0h5m3 0h1m1 0h3m4 0h1m-28 1h1m1 0h5m4 0h1m1 0h1m1 0h1m1 0h1m2 0h1m1 0h1m2 0h2m1 0h1m1 0h5m-34 1h1m2 0h1m2 0h1m2 0h2m1 0h4m1 0h2m3 0h2m4 0h1m3 0h1m1 0h1m-33 1h2m1 0h1m2 0h1m1 0h1m1 0h2m2 0h2m1 0h1m1 0h1m4 0h2m1 0h1m1 0h1m2 0h2m-36 1h2m1 0h1m2 0h3m3 0h2m1 0h1m4 0h2m1 0h1m1 0h1m2 0h2m2 0h1m2 0h1m-35 1h1m1 0h3m3 0h1m3 0h1m1 0h1m3 0h1m1 0h1m2 0h1m2 0h1m1 0h3m1 0h3m-36 1h2m6 0h2m1 0h1m3 0h6m1 0h2m4 0h1m5 0h2m-37 1h1m3 0h1m1 0h1m1 0h4m3 0h1m2 0h1m5 0h1m1 0h2m1 0h5m1 0h2m-33 1h1m2 0h3m1 0h2m2 0h1m3 0h4m5 0h5m3 0h1m-37 1h1m3 0h3m2 0h1m4 0h3m1 0h3m3 0h2m1 0h1m1 0h4m1 0h1m-35 1h5m3 0h2m1 0h1m3 0h1m1 0h7m1 0h2m1 0h1m1 0h2m1 0h3m-35 1h2m2 0h3m1 0h1m1 0h8m6 0h4m6 0h2m-37 1h3m2 0h1m1 0h1m1 0h3m1 0h1m1 0h1m2 0h1m2 0h2m4 0h1m1 0h4m3 0h1m-36 1h4m1 0h2m2 0h2m2 0h4m1 0h1m2 0h1m2 0h1m2 0h1m1 0h1m1 0h1m-30 1h2m2 0h4m1 0h3m4 0h3m1 0h2m1 0h1m2 0h1m3 0h1m1 0h1m-34 1h1m1 0h3m1 0h1m1 0h1m1 0h2m1 0h2m1 0h1m1 0h2m2 0h1m1 0h4m1 0h3m1 0h2m-36 1h1m3 0h1m2 0h3m5 0h1m1 0h1m2 0h1m2 0h1m2 0h1m3 0h2m-33 1h2m4 0h1m2 0h1m2 0h2m1 0h1m2 0h7m1 0h5m3 0h1m1 0h1m-37 1h1m3 0h1m3 0h1m1 0h2m2 0h3m1 0h1m1 0h1m6 0h2m2 0h1m1 0h2m-35 1h1m1 0h1m2 0h2m1 0h1m3 0h2m6 0h1m1 0h1m1 0h2m1 0h2m1 0h7m-37 1h1m1 0h4m1 0h3m2 0h1m3 0h1m1 0h2m1 0h3m3 0h1m3 0h1m-32 1h1m3 0h3m2 0h1m1 0h3m2 0h3m3 0h1m2 0h1m1 0h9m-28 1h3m4 0h3m1 0h3m1 0h4m1 0h1m3 0h2m1 0h1m-36 1h7m3 0h1m3 0h4m4 0h1m1 0h1m3 0h1m1 0h1m1 0h1m1 0h1m1 0h1m-37 1h1m5 0h1m1 0h1m3 0h2m2 0h3m1 0h5m2 0h2m3 0h2m2 0h1m-37 1h1m1 0h3m1 0h1m1 0h1m2 0h1m4 0h1m3 0h1m1 0h2m1 0h8m1 0h1m1 0h1m-37 1h1m1 0h3m1 0h1m1 0h3m3 0h2m2 0h2m3 0h2m1 0h3m1 0h1m1 0h2m2 0h1m-37 1h1m1 0h3m1 0h1m1 0h2m1 0h1m3 0h4m1 0h1m1 0h1m5 0h1m4 0h4m-37 1h1m5 0h1m3 0h2m2 0h2m4 0h2m1 0h2m3 0h3m1 0h2m2 0h1m-37 1h7m1 0h3m1 0h1m2 0h1m1 0h1m1 0h2m1 0h1m2 0h1m1 0h1m4 0h1m1 0h3"/></svg>',
  expires_at: '2026-11-24T06:25:00Z',
}

export const clerk = { name: '李敏', organisation: '襄城县政务服务中心' }

const both = (zh: string, en: string) => ({ zh, en })
const options = (rows: [string, string, string][]): RatingLevel['options'] =>
  rows.map(([code, zh, en], index) => ({ code, text: both(zh, en), first: index < 3 }))
const local: RatingLevel['local'] = [
  { code: 'picture', first: true, text: both('音画不清', 'Poor picture or sound') },
  { code: 'wait', first: true, text: both('等待过久', 'Long wait') },
  { code: 'transfer', first: true, text: both('频繁转接', 'Transferred too often') },
]
export const ratingOptions: RatingLevel[] = [
  {
    level: 5,
    name: both('非常满意', 'Very satisfied'),
    local: [],
    options: options([
      ['510', '一窗受理一次办结', 'One window, done in one go'],
      ['511', '可以先受理后补材料', 'Accepted first, papers added later'],
      ['512', '不用提交证明', 'No certificates asked for'],
      ['513', '可以全程网上办理', 'Everything could be done online'],
      ['517', '服务热情效率高', 'Warm and efficient service'],
    ]),
  },
  {
    level: 4,
    name: both('满意', 'Satisfied'),
    local: [],
    options: options([
      ['406', '填写一张表单就可完成申报', 'One form was enough'],
      ['407', '在线提交材料窗口核验', 'Sent online, checked at the window'],
      ['408', '一张清单告知全部申报材料', 'One list named every paper'],
      ['413', '服务态度较好', 'Good service'],
    ]),
  },
  {
    level: 3,
    name: both('基本满意', 'Fairly satisfied'),
    local,
    options: options([
      ['307', '一次性告知需要补正的材料', 'Told once about everything missing'],
      ['308', '提供申报材料样本', 'Samples of papers were given'],
      ['309', '在承诺的时间内办结', 'Done within the promised time'],
      ['314', '服务态度一般', 'Average service'],
    ]),
  },
  {
    level: 2,
    name: both('不满意', 'Dissatisfied'),
    local,
    options: options([
      ['207', '没有提供材料样本', 'No samples of papers'],
      ['208', '没有提供材料清单', 'No list of papers'],
      ['209', '未在承诺时间内办结', 'Not done within the promised time'],
      ['214', '服务态度生硬', 'Unfriendly service'],
    ]),
  },
  {
    level: 1,
    name: both('非常不满意', 'Very dissatisfied'),
    local,
    options: options([
      ['108', '在办事指南之外增加新的审批条件', 'New conditions beyond the guide'],
      ['109', '需提供办事指南之外的申报材料', 'Papers asked for beyond the guide'],
      ['110', '无理由超过法定办理时间', 'Over the legal time without reason'],
      ['115', '服务态度差效率低', 'Bad and slow service'],
    ]),
  },
]
