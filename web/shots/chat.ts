/** A chat of the pictures: what both sides wrote, a photo, a form; and the sentences that clerks often send. */
import type { components } from '@/api/schema'
import { SESSION } from './place'
import { ok, type Answer } from './types'

type Schemas = components['schemas']
type Message = Schemas['MessageView']
type Side = Message['side']

const PHOTO = 'f0000000-0000-4000-8000-000000000001'
const FORM = 'f0000000-0000-4000-8000-000000000002'
const file = (id: string, media_type: string, size: number, name: string): Message['file'] => ({
  ...{ id, purpose: 'document', media_type, size, name },
})

/** A sheet of paper, since the pictures need no more of a photo than its place. */
const paper =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 336 224"><rect width="336" height="224" fill="#8a7a66"/>' +
  '<rect x="64" y="30" width="210" height="150" rx="6" fill="#dfe8ee"/><path d="M84 62h90M84 86h110M84 110h80M84 148h150" ' +
  'stroke="#6d8299" stroke-width="8"/><rect x="212" y="56" width="44" height="56" fill="#b9c6d3"/></svg>'

const lines = (rows: [Side, string, string | Message['file']][]): Message[] =>
  rows.map(([side, at, what], index) => ({
    ...{ id: `m${String(index)}`, client_id: `c${String(index)}`, seq: index + 1, side, sender: null },
    at: `2026-11-24T06:${at}:00Z`,
    text: typeof what === 'string' ? what : null,
    file: typeof what === 'string' ? null : what,
  }))

export const talked = lines([
  ['clerk', '07', file(FORM, 'application/pdf', 310_000, '参保登记表（样表）.pdf')],
  ['applicant', '08', file(PHOTO, 'image/jpeg', 2_400_000, '身份证正面.jpg')],
  ['clerk', '08', '照片很清楚。再拍一张户口簿上您自己那一页，就齐了。'],
])
export const written = lines([
  ['clerk', '03', '您好，我打字给您看。今天办什么事？'],
  ['applicant', '04', '社保卡坏了，想换一张'],
  ['clerk', '04', '好的。请拍身份证有照片的一面，点左下角加号就行。'],
])

export const chatOf = (
  messages: Message[],
  read: Partial<Record<Side, number>> = {},
): Schemas['ChatView'] => {
  const last = messages.length
  const mark = (side: Side) => ({ delivered: read[side] ?? last, read: read[side] ?? last })
  return { session_id: SESSION, last, applicant: mark('applicant'), clerk: mark('clerk') }
}

export const chatAnswers = (
  messages: Message[],
  read: Partial<Record<Side, number>> = {},
): Record<string, Answer> => ({
  [`GET /api/sessions/${SESSION}/messages`]: ok({
    ...{ messages, more: false, chat: chatOf(messages, read), limits: { text: 2000, file_mb: 20 } },
  }),
  [`POST /api/sessions/${SESSION}/messages/marks`]: ok(chatOf(messages)),
  [`GET /api/files/${PHOTO}`]: { body: paper, type: 'image/svg+xml' },
  [`GET /api/sessions/${SESSION}/canned-replies`]: ok(canned),
})

const reply = (id: string, item: boolean, zh: string, en: string): Schemas['CannedReplyView'] => ({
  ...{ id, item, zh, en },
})
export const canned = [
  reply(
    'r1',
    true,
    '这件事要准备：居民身份证、参保登记表。',
    'Please have these ready: 居民身份证, 参保登记表.',
  ),
  reply('r2', true, '请把居民身份证拍清楚，发到这里。', 'Please send a clear photo here: 居民身份证.'),
  reply('r3', true, '这件事不收费。', 'This is free of charge.'),
  reply('r4', false, '不着急，您慢慢来。', 'There is no hurry, take your time.'),
  reply('r5', false, '请稍等，我查一下，马上回您。', 'One moment please, I am looking it up.'),
  reply('r6', false, '照片很清楚，收到了，谢谢您。', 'The photo is clear. I have it, thank you.'),
]
