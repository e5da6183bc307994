/** A call, with all that is done in it. */
import { chatAnswers, chatOf, talked, written } from '../../../shots/chat'
import { twoMatters } from '../../../shots/answers'
import * as desk from '../../../shots/desk'
import {
  CALL,
  callbackOffer,
  drawnOn,
  screenCovered,
  FRAME,
  PHOTO,
  photoAsked,
  pictureOn,
  SESSION,
  strokes,
  TICKET,
} from '../../../shots/place'
import { entry, form, FORM_PAGE, formPages, guide, typed } from '../../../shots/pushed'
import { ok, problem, type Answer, type Shot, type Step } from '../../../shots/types'
import type { PictureView, WorkbenchState } from '../types'
import {
  inCall,
  joining,
  matterAnswers,
  press,
  shot,
  signedIn,
  ticketServed,
  typedTicket,
  type Answers,
} from './common'

const owned = { tab: { 'cw:call': CALL } }
const held = (since: number, remind: number): WorkbenchState =>
  inCall({ call: { ...desk.joined.call, hold: { started_at: desk.at(since), remind_at: desk.at(remind) } } })
const joiningHeld = (now: WorkbenchState): Answers => ({
  ...ticketServed,
  [`POST /api/calls/${CALL}/join`]: ok({ ...desk.joined, call: now.call }),
})
const pictures: PictureView[] = [
  {
    id: PHOTO,
    purpose: 'photo',
    media_type: 'image/jpeg',
    size: 2_400_000,
    at: desk.at(-30),
    side: 'applicant',
    photo: {
      what: 'id_front',
      label: null,
      way: 'image_capture',
      width: 4032,
      height: 3024,
      warnings: ['glare'],
    },
  },
  {
    id: FRAME,
    purpose: 'frame',
    media_type: 'image/jpeg',
    size: 180_000,
    at: desk.at(-90),
    side: 'clerk',
    photo: null,
  },
]
const withPictures = (
  more: Partial<typeof desk.joined.call>,
  list: readonly PictureView[],
): Record<string, Answer> => ({
  ...joining,
  [`POST /api/calls/${CALL}/join`]: ok({ ...desk.joined, call: { ...desk.joined.call, ...more } }),
  [`GET /api/sessions/${SESSION}/pictures`]: ok(list),
  [`GET /api/files/${PHOTO}`]: { picture: 'card.svg' },
  [`GET /api/files/${PHOTO}/small`]: { picture: 'card.svg' },
  [`GET /api/files/${FRAME}/small`]: { picture: 'citizen.svg' },
})

type Recall = NonNullable<(typeof desk.joined.call)['recall']>
/** The line broke; each thing that may be known of the way back. */
const broken: [string, Recall][] = [
  ['reconnecting', { state: 'sent', at: desk.at(-11) }],
  ...(
    ['looking', 'open', 'none', 'unverified', 'late', 'sending', 'before', 'failed', 'unknown'] as const
  ).map((state): [string, Recall] => [
    `reconnecting-${state}`,
    { state, at: desk.at(state === 'before' ? -300 : -2) },
  ]),
]

export const talk: Shot[] = [
  shot('call', signedIn(inCall(), joining), { stored: owned, peer: true, until: '.facts-line .ok-text' }),
  shot('call-materials', signedIn(inCall(), joining), {
    stored: owned,
    peer: true,
    steps: [{ see: '.side .tabs' }, { key: 'F2' }],
    until: '.material',
  }),
  shot(
    'call-drawing',
    signedIn(inCall({ call: { ...desk.joined.call, stage: drawnOn } }), {
      ...ticketServed,
      [`POST /api/calls/${CALL}/join`]: ok({
        ...desk.joined,
        call: { ...desk.joined.call, stage: drawnOn },
      }),
      [`GET /api/calls/${CALL}/strokes`]: ok(strokes),
    }),
    {
      stored: owned,
      peer: true,
      steps: [{ see: '.facts-line .ok-text' }, { key: 'a' }],
      until: '.stage-ink path',
    },
  ),
  shot(
    'call-covered',
    signedIn(inCall({ call: { ...desk.joined.call, stage: screenCovered } }), {
      ...ticketServed,
      [`POST /api/calls/${CALL}/join`]: ok({
        ...desk.joined,
        call: { ...desk.joined.call, stage: screenCovered },
      }),
    }),
    { stored: owned, peer: true, steps: [{ see: '.facts-line .ok-text' }], until: '.stage-empty' },
  ),
  shot('call-chat', signedIn(inCall({ chat: chatOf(talked) }), { ...joining, ...chatAnswers(talked) }), {
    stored: owned,
    peer: true,
    until: '.chat-line:nth-child(3)',
  }),
  shot(
    'call-chat-canned',
    signedIn(inCall({ chat: chatOf(talked) }), { ...joining, ...chatAnswers(talked) }),
    {
      stored: owned,
      peer: true,
      steps: [{ see: '.chat-line' }, { key: 'F4' }, { key: '/' }],
      until: '.canned li',
    },
  ),
  shot(
    'call-chat-folded',
    signedIn(inCall({ chat: chatOf(talked, { clerk: 1 }) }), {
      ...joining,
      ...chatAnswers(talked, { clerk: 1 }),
    }),
    {
      stored: owned,
      peer: true,
      steps: [{ see: '.chat-line' }, { press: '.chat-panel .square' }],
      until: '.folded',
    },
  ),
  shot(
    'call-typed',
    signedIn(inCall({ chat: chatOf(written) }), { ...joining, ...chatAnswers(written), ...typedTicket }),
    { stored: owned, peer: true, until: '.chat-line:nth-child(3)' },
  ),
  ...(
    [
      ['call-held', held(-42, 78)],
      ['call-held-long', held(-131, -11)],
    ] as const
  ).map(([state, now]) =>
    shot(state, signedIn(now, joiningHeld(now)), {
      stored: owned,
      peer: true,
      until: '.facts-line .ok-text',
    }),
  ),
  ...(
    [
      ['call-matters', press('.matter-name:nth-child(2)')],
      ['call-one-more', [{ see: '.matter-bar' }, { key: 'o' }, { see: '.found' }]],
    ] satisfies [string, Step[]][]
  ).map(([state, steps]) =>
    shot(state, signedIn(inCall({ matters: twoMatters }), { ...joining, ...matterAnswers }), {
      stored: owned,
      peer: true,
      steps,
      until: '.script',
    }),
  ),
  shot('call-rungs', signedIn(inCall(), joining), {
    stored: owned,
    peer: true,
    steps: [{ see: '.facts-line .ok-text' }, { press: '.line-quality' }],
    until: '.menu',
  }),
  ...(
    [
      ['call-callback', {}, '.callback-time'],
      ['call-callback-unverified', { recall: 'offered' }, '.callback-time'],
      ['call-callback-none', { times: [] }, '.notice.warn'],
    ] as const
  ).map(([state, more, until]) =>
    shot(
      state,
      signedIn(inCall(), {
        ...joining,
        [`GET /api/workbench/tickets/${TICKET}/callback`]: ok(
          callbackOffer(more as Parameters<typeof callbackOffer>[0]),
        ),
      }),
      {
        stored: owned,
        peer: true,
        steps: [
          { see: '.facts-line .ok-text' },
          { press: '.line-quality' },
          { see: '.menu' },
          { press: '.callback-item' },
        ],
        until,
      },
    ),
  ),
  shot('call-voice-chosen', signedIn(inCall(), joining), {
    stored: { tab: { ...owned.tab, 'cw:call-rung': `${CALL}:voice` } },
    peer: true,
    steps: [{ see: '.facts-line .ok-text' }],
    until: '.call-banner',
  }),
  ...(
    [
      ['call-photo-asked', { photo: photoAsked() }, []],
      ['call-photo-arrived', { photo: photoAsked({ state: 'sent', file_id: PHOTO }) }, pictures],
      ['call-photo-declined', { photo: photoAsked({ state: 'declined' }) }, []],
    ] as const
  ).map(([state, more, list]) =>
    shot(state, signedIn(inCall({ call: { ...desk.joined.call, ...more } }), withPictures(more, list)), {
      stored: owned,
      peer: true,
      until: '.call-banner',
    }),
  ),
  shot(
    'call-picture',
    signedIn(inCall({ call: { ...desk.joined.call, stage: pictureOn } }), {
      ...withPictures({ stage: pictureOn }, pictures),
      [`GET /api/calls/${CALL}/strokes`]: ok(strokes),
    }),
    { stored: owned, peer: true, steps: [{ see: '.stage-sheet img' }], until: '.stage-ink path' },
  ),
  shot('call-photo', signedIn(inCall(), joining), {
    stored: owned,
    peer: true,
    steps: [{ see: '.facts-line .ok-text' }, { key: 'p' }],
    until: '.photo-choice',
  }),
  ...(
    [
      ['call-push', [], [{ key: 'd' }], '.push-form'],
      ['call-pushed', [form, entry, guide, typed], [{ key: 'd' }], '.push-list'],
      ['call-pushed-opened', [guide], [], '.call-banner'],
      ['call-pushed-document', [form], [], '.call-banner'],
      [
        'call-push-sending',
        [],
        [{ key: 'd' }, { see: '.push-form' }, { choose: '.push-file input', scene: 'card.svg' }],
        '.push-file progress',
      ],
      [
        'call-push-refused',
        [],
        [{ key: 'd' }, { see: '.push-form' }, { press: '.photo-choice' }],
        '.problem',
      ],
    ] as const
  ).map(([state, list, steps, until]) => {
    const call = { ...desk.joined.call, pushed: list.length }
    return shot(
      state,
      signedIn(inCall({ call }), {
        ...withPictures({ pushed: list.length }, []),
        [`GET /api/sessions/${SESSION}/pushed`]: ok(list),
        [`POST /api/calls/${CALL}/documents`]: 'never',
        [`POST /api/calls/${CALL}/links`]: problem('too_much_pushed', 409),
      }),
      { stored: owned, peer: true, steps: [{ see: '.facts-line .ok-text' }, ...steps], until },
    )
  }),
  shot(
    'call-paper',
    signedIn(
      inCall({ call: { ...desk.joined.call, pushed: 1, stage: { ...pictureOn, file_id: FORM_PAGE } } }),
      {
        ...withPictures({ pushed: 1, stage: { ...pictureOn, file_id: FORM_PAGE } }, []),
        ...formPages,
        [`GET /api/sessions/${SESSION}/pushed`]: ok([form]),
        [`GET /api/calls/${CALL}/strokes`]: ok(strokes),
      },
    ),
    {
      stored: owned,
      peer: true,
      steps: [{ see: '.stage-sheet img' }, { see: '.page-turner' }, { key: 'a' }],
      until: '.stage-ink path',
    },
  ),
  shot('call-connecting', signedIn(inCall(), joining), { stored: owned, until: '.stage-lost' }),
  shot('call-voice-only', signedIn(inCall(), joining), {
    stored: owned,
    devices: 'denied',
    until: '.call-banner',
  }),
  shot('call-elsewhere', signedIn(inCall(), joining), { until: '.call-banner' }),
  shot('call-devices', signedIn(inCall(), joining), {
    stored: owned,
    peer: true,
    steps: [{ see: '.controls' }, { key: 'z' }],
    until: '.picker select',
  }),
  shot('call-end', signedIn(inCall(), joining), {
    stored: owned,
    peer: true,
    steps: [{ see: '.controls' }, { key: 'Control+e' }],
    until: '.dialog',
  }),
  shot('call-hidden', signedIn(inCall(), joining), {
    stored: owned,
    peer: true,
    steps: [{ see: '.facts-line .ok-text' }, { key: 'x' }],
    until: '.stage-lost',
  }),
  shot('call-abuse', signedIn(inCall(), joining), {
    stored: owned,
    peer: true,
    steps: [{ see: '.controls' }, { key: 'Alt+e' }, { see: '.dialog' }, { press: '.dialog .primary' }],
    until: '.is-wrong',
  }),
  ...broken.map(([state, recall]) => {
    const call = { ...desk.joined.call, state: 'interrupted', grace_until: desk.at(83), recall } as const
    return shot(
      state,
      signedIn(inCall({ call }), {
        ...ticketServed,
        ...chatAnswers([]),
        [`POST /api/calls/${CALL}/join`]: ok({ ...desk.joined, call }),
      }),
      { stored: owned, until: '.stage-lost .ring-clock' },
    )
  }),
]
