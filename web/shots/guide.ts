/** The guide of P01 in Xiangcheng for the pictures, and how its desk may stand. */
import type { Availability, ConsentText, Guide, Material, Situation } from '@/api/types'
import { DESK } from './place'

const material = (key: string, material_name: string, more: Partial<Material>): Material => ({
  key,
  material_name,
  material_type: '1',
  is_need: '1',
  page_num: 1,
  always: false,
  source_explain: null,
  shareable_by: null,
  accept_stand: '',
  example_note: null,
  form_note: null,
  review_points: [],
  ...more,
})
const option = (id: string, say: string, more: Partial<Situation['options'][number]> = {}) => ({
  id,
  say,
  adds: [],
  skips: [],
  then: [],
  ...more,
})

export const desk: Availability = {
  offered: true,
  open: true,
  opens_at: null,
  closes_at: '2026-11-24T09:00:00Z',
  present: 2,
  waiting: 2,
  estimate_minutes: [4, 4],
  desk_name: '养老社保专席',
  desk_id: DESK,
}

export const guide: Guide = {
  key: 'P01',
  implementation_id: '5c2f3f0c-1a6d-4b52-9f37-6b0c2f4d8e01',
  version_id: 'b1b5f5a0-0c44-4a59-8df0-2f3c5f1c9e11',
  version_no: 1,
  name: '城乡居民养老保险参保登记',
  short_name: '居民养老参保',
  plain: '年满16周岁、不上学、也没有参加职工养老保险的城乡居民，登记参加居民养老保险。',
  organisation: { name: '襄城县人力资源和社会保障局', phone: '0374-0000101' },
  task_code: '11411025MB00000000002014001001',
  facts: {
    project_type: '1',
    promise_day: 1,
    promise_explain: null,
    anticipate_day: 10,
    anticipate_explain: null,
    limit_scene_num: 0,
    limit_scene_explain: null,
    is_fee: false,
    fees: [],
    handle_area: '全市通办',
    average_minutes: 8,
  },
  accept_condition: [
    '年满16周岁，不是在校学生',
    '不是国家机关、事业单位工作人员，也不属于职工基本养老保险制度覆盖范围',
    '户籍在许昌市；港澳台居民凭居住证在居住地参保',
  ],
  situations: [
    {
      id: 's1',
      ask: '您的户口在哪里？',
      options: [
        option('s1a', '在许昌市（哪个县区都可以）', { adds: ['household'] }),
        option('s1b', '我是港澳台居民，有许昌的居住证', { adds: ['residence_permit'], skips: ['id_card'] }),
        option('s1c', '户口在外地（要回户籍地参保，我们帮您查当地的电话）'),
      ],
    },
    {
      id: 's2',
      ask: '您属于政府帮着交保费的困难群体吗？',
      options: [
        option('s2a', '不属于'),
        option('s2b', '属于', {
          then: [
            {
              id: 's2b1',
              ask: '是哪一类？',
              options: [
                option('s2b1a', '低保、特困或防返贫监测对象（系统比对，不用交证明）'),
                option('s2b1b', '重度残疾人', { adds: ['disability_cert'] }),
              ],
            },
          ],
        }),
      ],
    },
    {
      id: 's3',
      ask: '以前参加过养老保险吗？',
      options: [
        option('s3a', '没有参加过'),
        option('s3b', '在外地参加过居民养老，户口已经迁到许昌', { adds: ['transfer_form'] }),
        option('s3c', '参加过职工养老，现在停了（先登记，到领钱的年龄再办衔接）'),
      ],
    },
    {
      id: 's4',
      ask: '今天谁来办？',
      options: [option('s4a', '本人'), option('s4b', '家里人替办', { adds: ['entrust'] })],
    },
  ],
  materials: [
    material('id_card', '居民身份证', {
      always: true,
      accept_stand: '在有效期内，正反面清晰，信息与本人一致',
    }),
    material('join_form', '城乡居民基本养老保险参保登记表', {
      always: true,
      form_note: '客服照着身份证填好，您核对后在签字板上签名；选几档听您的，客服不替您定',
    }),
    material('household', '居民户口簿（首页和本人页）', {
      material_type: '3',
      accept_stand: '首页有户籍地址，本人页姓名、身份证号与身份证一致',
    }),
    material('residence_permit', '港澳台居民居住证', { accept_stand: '在有效期内，居住地址在许昌市' }),
    material('disability_cert', '残疾人证（一级、二级）', {
      material_type: '3',
      accept_stand: '残疾等级为一级或二级，证件有效',
    }),
    material('transfer_form', '城乡居民基本养老保险关系转入申请表', {
      form_note: '只填原来在哪个省、哪个县参保和大概年份，其余由经办机构联系',
    }),
    material('entrust', '授权委托书', { form_note: '用统一模板，不会写字的可以按手印，村干部在旁见证' }),
  ],
  handle_flow: ['受理', '审核', '办结'],
  result: { type: '其他', name: '城乡居民基本养老保险参保登记表（回执）' },
  faq: [
    {
      q: '以前在外地厂里交过职工社保，还能参加吗？',
      a: '可以。现在没有在交职工养老的，就能在户籍地参加居民养老。职工那段年限还在，到领待遇的年龄再办“制度衔接”，两边不会白交，但不能同时领两份。',
    },
    {
      q: '登记要交钱吗？一年交多少？',
      a: '登记不收钱。保费按年交，河南设了多个档次，自己选，多交多得，政府按档次给补贴。登记好以后交给税务部门，手机、银行都能交。',
    },
    {
      q: '在外打工回不来，能让家里老人替我登记吗？',
      a: '能。您本人在手机上刷脸登记最省事；也可以写委托书让家人到村里或镇上替办，办的时候我们会跟您视频核实一下。',
    },
  ],
  online_handle_url: null,
  by_law: [
    {
      law: '中华人民共和国社会保险法',
      clause: '第二十条第一款',
      text: '国家建立和完善新型农村社会养老保险制度。',
    },
    {
      law: '社会保险经办条例（国务院令第765号）',
      clause: '第六条第二款',
      text: '社会保险经办机构应当自收到申请之日起10个工作日内办理完毕。',
    },
  ],
  consult_phone: '0374-0000101',
  complaint_phone: '0374-0000102',
  script: '',
  coach: desk,
}

/** Every question answered, one paper ready. */
export const preparedP01 = JSON.stringify({
  answers: { s1: 's1a', s2: 's2a', s3: 's3a', s4: 's4a' },
  ready: ['id_card'],
})

/** The notice in force. */
export const consentText: ConsentText = {
  version: '2026-11',
  digest: 'sha256:0',
  zh: {
    title: '视频通话告知书',
    rows: [
      ['谁在用', '为您办事的政务服务中心'],
      ['用什么', '您的称呼、手机号、画面和声音，只用来帮您办这件事'],
      ['录不录像', '本次不录像'],
      ['留多久', '称呼、手机号和办事记录留 3 年，到期删掉'],
      ['谁能看', '接待您的工作人员，和检查服务的人'],
      ['您可以', '随时退出，也可以要求查看、更正、删除'],
    ],
    body: '一、政务服务中心通过视频帮您办事，需要用到您填写的称呼和手机号，以及通话时的画面和声音。二、画面和声音只在通话双方之间传送，本次不录像，通话结束即不再保留。三、系统保留取号、接通、结束的时间，工作人员写的小结和您的评价，保留 3 年，到期删除。四、您的称呼和手机号加密保存，工作人员每次查看都会留下记录。五、您可以随时挂断退出，不影响用其他方式办事；也可以要求查看、复制、更正或删除您的信息，撤回同意。六、不满十四周岁的，请由监护人陪同并由监护人同意。',
  },
  en: {
    title: 'Notice about this video call',
    rows: [
      ['Who uses it', 'The service centre that handles your matter'],
      ['What is used', 'Your form of address, phone, picture and voice, only to help with this matter'],
      ['Recording', 'This call is not recorded'],
      ['How long', 'Form of address, phone and the service record are kept for 3 years, then deleted'],
      ['Who can see it', 'The clerk who serves you, and those who check the service'],
      ['You may', 'Leave at any time, and ask to see, correct or delete your data'],
    ],
    body: "1. The service centre helps you by video. It uses the form of address and phone that you give, and the picture and sound of the call. 2. Picture and sound travel between the two sides only; this call is not recorded, and nothing of them is kept afterwards. 3. The system keeps the times of taking a number, answering and ending, the clerk's summary and your rating for 3 years, then deletes them. 4. Your form of address and phone are stored encrypted, and every look at them is put on record. 5. You may hang up at any time and use another way; you may also ask to see, copy, correct or delete your data and withdraw your consent. 6. If you are under fourteen, a guardian must be with you and agree.",
  },
}
