/** The call, the rating, what was done. */
import { known, inCall, ended, done, rated } from '../../../shots/answers'
import {
  CALL,
  callbackOffer,
  drawnOn,
  MY_SEAT,
  PHOTO,
  photoAsked,
  pictureOn,
  SESSION,
  session,
  strokes,
  TICKET,
} from '../../../shots/place'
import { EXPERT_SEAT, invitation, three as together } from '../../../shots/invited'
import { ok, problem, type Shot } from '../../../shots/types'

const LONG_MATERIAL = '城乡居民基本养老保险参保人员户口簿首页、户主页和本人页（有变更的连同变更页）'
const ALBUM = { choose: 'input[type=file]:not([capture])', scene: 'card.svg' }

/** This page has not joined yet. */
const three = together.map((one) => (one.id === MY_SEAT ? { ...one, attempt: 0 } : one))

export const talk: Shot[] = [
  {
    route: 'call',
    state: 'connecting',
    path: `/call/${TICKET}`,
    answers: inCall({}),
    devices: 'ok',
    until: '.self video',
  },
  {
    route: 'call',
    state: 'talking',
    path: `/call/${TICKET}`,
    answers: inCall({}),
    devices: 'ok',
    peer: true,
    until: '.plate',
  },
  ...(
    [
      ['expert', { participants: three }, '.seats'],
      ['asking-expert', { invitations: [invitation('ringing')] }, '.guest-tag'],
      [
        'expert-points',
        {
          participants: three,
          stage: { ...drawnOn, participant_id: EXPERT_SEAT, kind: 'face' as const, strokes: 0 },
        },
        '.face:nth-child(3)',
      ],
    ] as const
  ).map(([state, more, until]): Shot => ({
    route: 'call',
    state,
    path: `/call/${TICKET}`,
    answers: {
      ...inCall(more as Parameters<typeof inCall>[0]),
      [`GET /api/calls/${CALL}/strokes`]: ok({ no: drawnOn.no, events: [] }),
    },
    devices: 'ok',
    peer: true,
    until,
  })),
  {
    route: 'call',
    state: 'rungs',
    path: `/call/${TICKET}`,
    answers: inCall({}),
    devices: 'ok',
    peer: true,
    steps: [{ see: '.line-quality .good, .line-quality .fair' }, { press: '.line-quality' }],
    until: '.rungs',
  },
  ...(
    [
      ['callback', {}, '.callback-times'],
      ['callback-none', { times: [] }, '.modal .notice.warn'],
    ] as const
  ).map(([state, more, until]): Shot => ({
    route: 'call',
    state,
    path: `/call/${TICKET}`,
    answers: {
      ...inCall({}),
      [`GET /api/tickets/${TICKET}/callback`]: ok(callbackOffer(more as Parameters<typeof callbackOffer>[0])),
    },
    devices: 'ok',
    peer: true,
    steps: [
      { see: '.line-quality .good, .line-quality .fair' },
      { press: '.line-quality' },
      { press: '.callback-open' },
    ],
    until,
  })),
  {
    route: 'call',
    state: 'voice-chosen',
    path: `/call/${TICKET}`,
    answers: inCall({}),
    stored: { tab: { 'cw:call-rung': `${CALL}:voice` } },
    devices: 'ok',
    peer: true,
    steps: [{ see: '.plate' }],
    until: '.line-note',
  },
  {
    route: 'call',
    state: 'pointed-at',
    path: `/call/${TICKET}`,
    answers: {
      ...inCall({ stage: drawnOn }),
      [`GET /api/calls/${CALL}/strokes`]: ok(strokes),
    },
    devices: 'ok',
    peer: true,
    steps: [{ see: '.face video' }],
    until: '.stage-ink path',
  },
  {
    route: 'call',
    state: 'same-picture',
    path: `/call/${TICKET}`,
    answers: {
      ...inCall({ stage: pictureOn }),
      [`GET /api/calls/${CALL}/strokes`]: ok(strokes),
      [`GET /api/files/${PHOTO}`]: { picture: 'card.svg' },
    },
    devices: 'ok',
    peer: true,
    steps: [{ see: '.face video' }, { see: '.stage-sheet img' }],
    until: '.stage-ink path',
  },
  ...(
    [
      ['photo', photoAsked(), 'ok', [], '.shot .frame'],
      ['photo-sheet', photoAsked({ what: 'material', label: LONG_MATERIAL }), 'ok', [], '.shot .frame'],
      ['photo-no-camera', photoAsked(), 'denied', [{ press: '.modal .link' }], '.shutter'],
      ['photo-taken', photoAsked(), 'ok', [ALBUM], '.shot-preview'],
      ['photo-refused', photoAsked(), 'ok', [ALBUM, { press: '.shutter' }], '.shot-problem'],
    ] as const
  ).map(([state, request, devices, steps, until]): Shot => ({
    route: 'call',
    state,
    path: `/call/${TICKET}`,
    answers: {
      ...inCall({ photo: request }),
      [`POST /api/sessions/${SESSION}/files`]: problem('picture_heic', 415),
    },
    devices,
    peer: true,
    steps: [...steps],
    until,
  })),
  {
    route: 'call',
    state: 'hang-up',
    path: `/call/${TICKET}`,
    answers: inCall({}),
    devices: 'ok',
    peer: true,
    steps: [{ see: '.plate' }, { press: '.control.end' }],
    until: '.modal',
  },
  {
    route: 'call',
    state: 'devices',
    path: `/call/${TICKET}`,
    answers: inCall({}),
    devices: 'ok',
    peer: true,
    steps: [{ see: '.plate' }, { press: '.line-quality' }, { press: '.devices-open' }],
    until: '.picker select',
  },
  {
    route: 'call',
    state: 'device-denied',
    path: `/call/${TICKET}`,
    answers: inCall({}),
    devices: 'denied',
    until: '.modal',
  },
  {
    route: 'call',
    state: 'reconnecting',
    path: `/call/${TICKET}`,
    answers: inCall({ state: 'interrupted', grace_until: '2026-11-24T06:16:48Z' }),
    devices: 'ok',
    until: '.clock',
  },
  {
    route: 'call',
    state: 'elsewhere',
    path: `/call/${TICKET}`,
    answers: inCall({
      state: 'connected',
      participants: [
        { id: 'c', side: 'clerk', attempt: 1, name: '张艳丽', organisation: '魏都区政务服务中心' },
        { id: MY_SEAT, side: 'applicant', attempt: 1, name: null, organisation: null },
      ],
      invitations: [],
    }),
    devices: 'ok',
    until: '.blank',
  },
  {
    route: 'call',
    state: 'ended',
    path: `/call/${TICKET}`,
    answers: inCall(
      { state: 'ended', ended_reason: 'clerk' },
      { ...ended, end_reason: 'clerk' },
      { state: 'closed', close_reason: 'served' },
    ),
    until: '.blank',
  },
  {
    route: 'call',
    state: 'ended-for-abuse',
    path: `/call/${TICKET}`,
    answers: inCall(
      { state: 'ended', ended_reason: 'abuse' },
      { ...ended, end_reason: 'abuse' },
      { state: 'closed', close_reason: 'served' },
    ),
    until: '.blank',
  },
  {
    route: 'call',
    state: 'dropped',
    path: `/call/${TICKET}`,
    answers: inCall(
      { state: 'ended', ended_reason: 'dropped' },
      {},
      { state: 'parked', callback_at: '2026-11-24T07:10:00Z' },
    ),
    until: '.blank',
  },
  {
    route: 'call',
    state: 'dropped-for-good',
    path: `/call/${TICKET}`,
    answers: inCall(
      { state: 'ended', ended_reason: 'dropped' },
      { ...ended, end_reason: 'dropped' },
      { state: 'closed', close_reason: 'expired' },
    ),
    until: '.blank',
  },
  {
    route: 'rate',
    state: 'start',
    path: `/rate/${SESSION}`,
    answers: done(),
    until: '.levels .choice',
  },
  {
    route: 'rate',
    state: 'good',
    path: `/rate/${SESSION}`,
    answers: done(),
    steps: [{ press: '.levels .choice:nth-child(1)' }],
    until: '.chip',
  },
  {
    route: 'rate',
    state: 'bad',
    path: `/rate/${SESSION}`,
    answers: done(),
    steps: [{ press: '.levels .choice:nth-child(4)' }],
    until: '.chip',
  },
  { route: 'rate', state: 'given', path: `/rate/${SESSION}`, answers: done(rated('given')), until: '.blank' },
  {
    route: 'rate',
    state: 'expired',
    path: `/rate/${SESSION}`,
    answers: done(rated('expired')),
    until: '.blank',
  },
  { route: 'done', state: 'solved', path: `/done/${SESSION}`, answers: done(), until: '.terms' },
  { route: 'done', state: 'rated', path: `/done/${SESSION}`, answers: done(rated('given')), until: '.terms' },
  {
    route: 'done',
    state: 'writing',
    path: `/done/${SESSION}`,
    answers: done({
      session: session({ ...ended, end_reason: 'clerk' }),
      summary: null,
      rating: null,
    }),
    until: '.terms',
  },
  {
    route: 'done',
    state: 'foreign',
    path: `/done/${SESSION}`,
    answers: { ...known(), [`GET /api/sessions/${SESSION}`]: problem('not_found', 404) },
    until: '.blank',
  },
]
