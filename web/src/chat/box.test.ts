import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '@/api/http'
import { ChatBox } from './box'
import { FakeServer, SESSION } from './fakes'

const texts = (box: ChatBox): (string | null)[] => box.view.messages.map((one) => one.text)
const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)
const photo = (name = 'a.jpg', type = 'image/jpeg', size = 9): File => {
  const file = new File(['123456789'], name, { type })
  if (size !== 9) Object.defineProperty(file, 'size', { value: size })
  return file
}

describe('a chat', () => {
  let server: FakeServer
  let box: ChatBox
  beforeEach(async () => {
    vi.useFakeTimers()
    sessionStorage.clear()
    server = new FakeServer('applicant')
    box = new ChatBox('applicant', server.api)
    box.sync(server.state)
    await settle()
  })
  afterEach(() => {
    box.sync(null)
    vi.useRealTimers()
  })

  it('sends in order and shows each once, with how far it has come', async () => {
    box.say(' 一 ')
    box.say('二')
    expect(box.view.outgoing.map((one) => one.text)).toEqual(['一', '二'])
    await settle()
    expect(texts(box)).toEqual(['一', '二'])
    expect(box.view.outgoing).toEqual([])
    const [first] = box.view.messages
    expect(first && box.deliveryOf(first)).toBe('sent')
    box.sync({ ...server.state, clerk: { delivered: 1, read: 0 } })
    expect(first && box.deliveryOf(first)).toBe('delivered')
    box.sync({ ...server.state, clerk: { delivered: 2, read: 2 } })
    expect(first && box.deliveryOf(first)).toBe('read')
    box.sync({ ...server.state, clerk: { delivered: 1, read: 0 } })
    expect(first && box.deliveryOf(first)).toBe('read')
  })

  it.each(['before', 'after'] as const)(
    'heals a line cut %s the server acted, without doubling',
    async (cut) => {
      server.cut = cut
      box.say('一')
      box.say('二')
      await settle()
      expect(box.view.outgoing.map((one) => one.state)).toEqual(['waiting', 'waiting'])
      server.cut = 'no'
      await settle(20_000)
      expect(server.messages.map((one) => one.text)).toEqual(['一', '二'])
      expect(texts(box)).toEqual(['一', '二'])
      expect(box.view.outgoing).toEqual([])
    },
  )

  it('shows a message whose answer was lost as soon as it is read back', async () => {
    server.cut = 'after'
    box.say('一')
    await settle()
    server.cut = 'no'
    box.sync(server.state)
    await settle()
    expect(box.view.outgoing).toEqual([])
    expect(server.messages).toHaveLength(1)
  })

  it('keeps what was typed and what was on its way over a reload, under the same number', async () => {
    server.cut = 'after'
    box.say('一')
    box.type('还没写完')
    await settle()
    const after = new ChatBox('applicant', server.api)
    server.cut = 'no'
    after.sync(server.state)
    await settle(2_000)
    expect(after.view.draft).toBe('还没写完')
    expect(texts(after)).toEqual(['一'])
    expect(server.messages).toHaveLength(1)
    after.sync(null)
    expect(sessionStorage).toHaveLength(0)
  })

  it('fetches nothing while nothing was said, until somebody writes', async () => {
    expect(box.view.ready).toBe(true)
    expect(server.calls).toEqual([])
    box.type('您')
    await settle()
    expect(box.view.limits?.file_mb).toBe(20)
    box.type('您好')
    await settle()
    expect(server.calls).toEqual(['read'])
  })

  it('says why something was refused, and gives the words back', async () => {
    server.refusal = new ApiError('message_too_long', 422, { length: 10_000, limit: 2000 })
    box.say('长')
    await settle()
    const [one] = box.view.outgoing
    expect(one?.state).toBe('refused')
    expect(one?.why).toContain('10000')
    expect(one?.again).toBe(false)
    box.type('写到一半')
    box.drop(one?.id ?? '')
    expect(box.view.draft).toBe('写到一半\n长')
    expect(box.view.outgoing).toEqual([])
  })

  it('lets the person try again what may go another time', async () => {
    server.refusal = new ApiError('storage_unavailable', 503)
    box.send([photo()])
    await settle()
    expect(box.view.outgoing[0]).toMatchObject({ state: 'refused', again: true })
    server.refusal = null
    box.retry(box.view.outgoing[0]?.id ?? '')
    await settle()
    expect(box.view.messages[0]?.file?.id).toBe(`file-${server.uploads[0] ?? ''}`)
  })

  it('counts what the other side said until it is looked at, and tells how far it came', async () => {
    box.sync(server.hear('您好'))
    await settle()
    expect(box.unread().map((one) => one.text)).toEqual(['您好'])
    expect(server.marks.applicant).toEqual({ delivered: 1, read: 0 })
    box.look(true)
    await settle()
    expect(box.unread()).toEqual([])
    expect(server.marks.applicant).toEqual({ delivered: 1, read: 1 })
    box.sync(server.hear('在吗'))
    await settle()
    expect(server.marks.applicant).toEqual({ delivered: 2, read: 2 })
    box.look(false)
    box.sync(server.hear('喂'))
    await settle()
    expect(box.unread()).toHaveLength(1)
  })

  it('tells again what it could not tell while the line was away', async () => {
    box.look(true)
    box.sync(server.hear('您好'))
    server.cut = 'before'
    await settle()
    server.cut = 'no'
    await settle(20_000)
    expect(server.marks.applicant).toEqual({ delivered: 1, read: 1 })
  })

  it('reads on until it has all, and older ones when asked', async () => {
    const late = new ChatBox('applicant', server.api)
    for (const words of ['一', '二', '三', '四', '五']) server.hear(words)
    late.sync(server.state)
    await settle()
    expect(texts(late)).toEqual(['四', '五'])
    expect(late.view.more).toBe(true)
    await late.older()
    expect(texts(late)).toEqual(['二', '三', '四', '五'])
    for (const words of ['六', '七', '八']) server.hear(words)
    late.sync(server.state)
    await settle()
    expect(texts(late)).toEqual(['二', '三', '四', '五', '六', '七', '八'])
    await late.older()
    expect(late.view.more).toBe(false)
  })

  it('sends a file once, even when only the message after it was lost', async () => {
    const say = vi.spyOn(server.api, 'say').mockRejectedValueOnce(new ApiError('unreachable', 0))
    box.send([photo()])
    await settle(2_000)
    expect(server.uploads).toHaveLength(1)
    expect(server.messages).toHaveLength(1)
    expect(say).toHaveBeenCalledTimes(2)
  })

  it('does not hold up words by a file, and lets go of it when it is cancelled', async () => {
    let open = (): void => undefined
    server.gate = new Promise((done) => (open = done))
    box.send([photo()])
    await settle()
    expect(box.view.outgoing[0]).toMatchObject({ state: 'sending', progress: 0.5 })
    box.say('照片在路上')
    await settle()
    expect(texts(box)).toEqual(['照片在路上'])
    box.drop(box.view.outgoing[0]?.id ?? '')
    open()
    await settle()
    expect(box.view.outgoing).toEqual([])
    expect(server.messages).toHaveLength(1)
    expect(box.view.draft).toBe('')
  })

  it.each([
    [photo('a.heic', 'image/heic'), '兼容性最佳'],
    [photo('a.HEIC', ''), '兼容性最佳'],
    [photo('big.jpg', 'image/jpeg', 21 * 1_048_576), '20 MB'],
    [photo('none.pdf', 'application/pdf', 0), '空的'],
  ])('refuses before the upload what cannot be sent', async (file, words) => {
    box.send([file])
    await settle()
    expect(box.view.outgoing[0]).toMatchObject({ state: 'refused', again: false })
    expect(box.view.outgoing[0]?.why).toContain(words)
    expect(server.calls).not.toContain('upload')
  })

  it('begins anew with another session', async () => {
    box.say('一')
    await settle()
    box.sync({ ...server.state, session_id: 'other', last: 0 })
    expect(box.view).toMatchObject({ session: 'other', messages: [], draft: '' })
    expect(SESSION).not.toBe(box.view.session)
  })
})
