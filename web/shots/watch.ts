/** The side of those who watch over windows: who they are, what calls were like, what was reported. */
import type { AbuseReport, QualityPage, QualityRow, QualitySide, Staff } from '@/workbench/types'
import { at, staff } from './desk'
import { NOW } from './place'

/** A supervisor, who sits at no window. */
export const supervisor: Staff = {
  ...staff,
  account: 'xuwenbo',
  name: '徐文博',
  organisation: '许昌市政务服务和大数据管理局',
  roles: ['shift_supervisor'],
  station: null,
  desks: [],
}
/** Somebody who serves and watches. */
export const servingSupervisor: Staff = { ...staff, roles: ['acceptor', 'shift_supervisor'] }
/** Somebody whose pages are not part of this version. */
export const auditor: Staff = { ...supervisor, account: 'guojianjun', name: '郭建军', roles: ['auditor'] }
const measured = (more: Partial<QualitySide> = {}): QualitySide => ({
  ...{ setup_ms: 640, first_frame_ms: 910, freezes: 0, frozen_ms: 0, loss_permille: 3, round_trip_ms: 40 },
  ...{ worst_round_trip_ms: 130, kbps: 1180, rung_changes: 0, relay: false, cause: null, page_loads: 1 },
  ...more,
})
const measuredCall = (n: number, minutes: number, more: Partial<QualityRow> = {}): QualityRow => ({
  call_id: `7d3e0000-0000-4000-8000-00000000000${String(n)}`,
  session_number: `YZC-20261124-014${String(n)}`,
  desk: '养老社保专席',
  started_at: at(-60 * minutes),
  ...{ bad: false, holds: 0, held_seconds: 0 },
  applicant: measured({ setup_ms: 820, round_trip_ms: 50, loss_permille: 8 }),
  clerk: measured(),
  ...more,
})
export const quality: QualityPage = {
  today: NOW.slice(0, 10),
  figures: {
    ...{ day: NOW.slice(0, 10), calls: 4, bad: 2, failed: 1, setup_p50_ms: 640, setup_p95_ms: 6300 },
    ...{ first_frame_p50_ms: 910, first_frame_p95_ms: 7100, round_trip_p50_ms: 50, round_trip_p95_ms: 620 },
    ...{ loss_p50_permille: 8, loss_p95_permille: 112, held: 1, held_p50_seconds: 95, held_p95_seconds: 95 },
  },
  rows: [
    measuredCall(7, 9, { holds: 2, held_seconds: 95 }),
    measuredCall(6, 31, {
      bad: true,
      applicant: measured({
        ...{ setup_ms: 6300, first_frame_ms: 7100, freezes: 11, frozen_ms: 24_600, loss_permille: 112 },
        ...{ round_trip_ms: 620, worst_round_trip_ms: 4100, rung_changes: 5, relay: true, page_loads: 2 },
      }),
    }),
    measuredCall(5, 44, {
      bad: true,
      desk: '襄城县城乡居民基本养老保险和社会保障卡综合受理与网办辅导联合专席（试点）',
      applicant: measured({ setup_ms: null, first_frame_ms: null, loss_permille: null, cause: 'no_route' }),
      clerk: null,
    }),
    measuredCall(4, 58),
  ],
  more: true,
}
export const noQuality: QualityPage = {
  today: quality.today,
  figures: {
    ...{ day: quality.today, calls: 0, bad: 0, failed: 0, setup_p50_ms: null, setup_p95_ms: null },
    ...{ first_frame_p50_ms: null, first_frame_p95_ms: null, round_trip_p50_ms: null },
    ...{ round_trip_p95_ms: null, loss_p50_permille: null, loss_p95_permille: null },
    ...{ held: 0, held_p50_seconds: null, held_p95_seconds: null },
  },
  rows: [],
  more: false,
}

export const abuse: AbuseReport[] = [
  {
    session_id: '01935f00-0000-7000-8000-0000000000a1',
    number: 'WD20261128-0042',
    clerk: '张艳丽',
    at: at(-3600),
    words: '一直骂我和我家人，提醒三次还在骂，最后说要到大厅来找我。',
    block: null,
  },
  {
    session_id: '01935f00-0000-7000-8000-0000000000a2',
    number: 'WD20261126-0017',
    clerk: '孟凡超',
    at: at(-2 * 86_400),
    words: '把镜头对着不该拍的地方，要求停止后继续。',
    block: {
      id: '01935f00-0000-7000-8000-0000000000b2',
      from_at: at(-2 * 86_400 + 900),
      until: at(5 * 86_400 + 900),
      reason: 'harassment',
      lifted_at: null,
    },
  },
  {
    session_id: '01935f00-0000-7000-8000-0000000000a3',
    number: 'WD20261120-0088',
    clerk: '欧阳慧敏',
    at: at(-8 * 86_400),
    words: '辱骂。',
    block: {
      id: '01935f00-0000-7000-8000-0000000000b3',
      from_at: at(-8 * 86_400 + 900),
      until: at(-86_400),
      reason: 'insults',
      lifted_at: at(-7 * 86_400),
    },
  },
]
