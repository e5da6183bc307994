import { lengthOf, spokenStep } from '@/chat/limits'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { ApiError } from '@/api/http'
import { staff as clerk } from '../../../shots/desk'
import { again, answeredCard, askedOn, card, first, held, many, rows, takenBack } from '../../../shots/inbox'
import { NOW } from '../../../shots/place'
import * as api from '../api'
import type { LetterCard, LetterRow, Staff } from '../types'
import * as clock from './clock'
import * as desk from './desk'
import { draftOf, drafts, forgetDrafts } from './letter-drafts'

vi.mock('../api')
vi.mock('./clock', async () => ({ now: (await import('vue')).ref(0) }))
vi.mock('./desk', async () => {
  const { shallowRef } = await import('vue')
  return {
    staff: shallowRef(null),
    serves: (who: unknown) => who !== null,
    live: { on: vi.fn() },
  }
})
const store = await import('./letters')
const answering = await import('./answering')
const holds = await import('./letter-holds')
const listening: [string, unknown][] = [...vi.mocked(desk.live.on).mock.calls]
const heard = listening.find(([name]) => name === 'hint')?.[1] as (hint: { key: string }) => void
const loose = desk as unknown as { staff: { value: Staff | null } }
const kept = (): string | null => sessionStorage.getItem('cw:letters')
const settle = async (): Promise<void> => {
  await nextTick()
  await vi.waitFor(() => {
    expect(store.letters.value).not.toBeNull()
  })
}
/** Answers that come when the test lets them. */
function later<T>(): { promise: Promise<T>; come: (value: T) => void } {
  let come: (value: T) => void = () => undefined
  const promise = new Promise<T>((resolve) => (come = resolve))
  return { promise, come }
}
async function open(shown: LetterCard = card): Promise<void> {
  vi.mocked(api.getLetter).mockResolvedValue(shown)
  store.opened.value = { kind: 'letter', id: shown.letter_id }
  await vi.waitFor(() => {
    expect(answering.card.value).toEqual(shown)
  })
}

beforeEach(async () => {
  vi.clearAllMocks()
  loose.staff.value = null
  await nextTick()
  forgetDrafts()
  sessionStorage.clear()
  clock.now.value = Date.parse(NOW)
  vi.mocked(api.getLetters).mockResolvedValue(many)
  vi.mocked(api.holdLetter).mockResolvedValue({ ...first, held_by_me: true, holder: '李敏' })
  vi.mocked(api.releaseLetter).mockResolvedValue(first)
  loose.staff.value = clerk
  await settle()
})

describe('the letters that wait', () => {
  it('are fetched at the beginning and counted by their time', () => {
    expect(store.letters.value).toEqual(many)
    expect(store.overdue.value).toBe(1)
    clock.now.value = Date.parse(first.due_at)
    expect(store.overdue.value).toBe(4)
  })
  it('are those that were asked for last, however the answers come in', async () => {
    const [old, fresh] = [later<LetterRow[]>(), later<LetterRow[]>()]
    vi.mocked(api.getLetters).mockReturnValueOnce(old.promise).mockReturnValueOnce(fresh.promise)
    const both = [store.refreshLetters(), store.refreshLetters()]
    fresh.come(rows)
    old.come(many)
    await Promise.all(both)
    expect(store.letters.value).toEqual(rows)
  })
  it('stay as they were when they cannot be fetched, and the first time it is said why', async () => {
    vi.mocked(api.getLetters).mockRejectedValue(new ApiError('unreachable', 0))
    await store.refreshLetters()
    expect([store.letters.value, store.lettersProblem.value]).toEqual([many, null])
    store.letters.value = null
    await store.refreshLetters()
    expect(store.lettersProblem.value).not.toBeNull()
  })
  it('listen to the hints of the letters of my desks only', async () => {
    vi.useFakeTimers()
    vi.mocked(api.getLetters).mockClear()
    heard({ key: 'letters:another' })
    heard({ key: `desk:${String(clerk.desks[0]?.id)}` })
    await vi.advanceTimersByTimeAsync(1000)
    expect(api.getLetters).not.toHaveBeenCalled()
    for (let times = 0; times < 3; times++) heard({ key: `letters:${String(clerk.desks[0]?.id)}` })
    await vi.advanceTimersByTimeAsync(1000)
    vi.useRealTimers()
    expect(api.getLetters).toHaveBeenCalledTimes(1)
  })
})

describe('what is written', () => {
  it('outlives a reload of this tab, another letter and the answer of a colleague', async () => {
    await open()
    answering.write('来得及')
    expect(kept()).toContain('来得及')
    expect(localStorage.length).toBe(0)
    store.opened.value = null
    await store.refreshLetters()
    expect(draftOf(first.letter_id)).toBe('来得及')
    vi.mocked(api.getLetters).mockResolvedValue(many.slice(0, 1))
    await store.refreshLetters()
    expect(store.isGone(first.letter_id)).toBe(true)
    expect([draftOf(first.letter_id), kept()]).toEqual(['来得及', expect.stringContaining('来得及')])
    await open()
    answering.write('')
    expect(kept()).toBeNull()
  })
  it('is nobody else’s, and stays when the login ends by itself', async () => {
    await open()
    answering.write('来得及')
    loose.staff.value = null
    await nextTick()
    expect(answering.card.value).toBeNull()
    loose.staff.value = clerk
    await settle()
    expect(draftOf(first.letter_id)).toBe('来得及')
    loose.staff.value = { ...clerk, id: 'somebody-else' }
    await nextTick()
    expect([drafts.value, kept()]).toEqual([{}, null])
  })
  it('keeps the letter from colleagues, renewed at most once a minute', async () => {
    await open()
    expect(api.holdLetter).not.toHaveBeenCalled()
    for (const words of ['来', '来得', '来得及']) answering.write(words)
    expect(api.holdLetter).toHaveBeenCalledTimes(1)
    clock.now.value += 60_000
    answering.write('来得及。')
    await vi.waitFor(() => {
      expect(api.holdLetter).toHaveBeenCalledTimes(2)
    })
  })
  it('lets go when another one is opened, once the hold is there', async () => {
    await open()
    const hold = later<LetterRow>()
    vi.mocked(api.holdLetter).mockReturnValue(hold.promise)
    answering.write('来得及')
    store.opened.value = { kind: 'callback', id: 't6' }
    await nextTick()
    expect(api.releaseLetter).not.toHaveBeenCalled()
    hold.come({ ...first, held_by_me: true })
    await vi.waitFor(() => {
      expect(api.releaseLetter).toHaveBeenCalledExactlyOnceWith(first.letter_id)
    })
  })
  it('holds what one comes back to only when the release has arrived', async () => {
    await open()
    answering.write('来得及')
    await vi.waitFor(() => {
      expect(store.rowOf(first.letter_id)?.held_by_me).toBe(true)
    })
    const asked: string[] = []
    const freed = later<LetterRow>()
    vi.mocked(api.releaseLetter).mockImplementation(() => {
      asked.push('release')
      return freed.promise
    })
    vi.mocked(api.holdLetter).mockImplementation(() => {
      asked.push('hold')
      return Promise.resolve({ ...first, held_by_me: true })
    })
    answering.putDown()
    answering.write('来得及。')
    await nextTick()
    expect(asked).toEqual(['release'])
    freed.come(first)
    await vi.waitFor(() => {
      expect(asked).toEqual(['release', 'hold'])
    })
  })
  it('lets go of everything on signing off', async () => {
    store.putRow({ ...first, held_by_me: true })
    vi.mocked(api.releaseLetter).mockRejectedValue(new ApiError('unreachable', 0))
    await holds.releaseHeld()
    expect(api.releaseLetter).toHaveBeenCalledExactlyOnceWith(first.letter_id)
  })
  it('lets go on signing off also of what was about to be held', async () => {
    await open()
    const hold = later<LetterRow>()
    vi.mocked(api.holdLetter).mockReturnValue(hold.promise)
    answering.write('来得及')
    const free = holds.releaseHeld()
    await nextTick()
    expect(api.releaseLetter).not.toHaveBeenCalled()
    hold.come({ ...first, held_by_me: true })
    await free
    expect(api.releaseLetter).toHaveBeenCalledExactlyOnceWith(first.letter_id)
  })
  it('asks nothing any more for a login that ended while it waited for its turn', async () => {
    await open()
    const hold = later<LetterRow>()
    vi.mocked(api.holdLetter).mockReturnValue(hold.promise)
    answering.write('来得及')
    store.opened.value = null
    loose.staff.value = { ...clerk, id: 'somebody-else' }
    hold.come({ ...first, held_by_me: true })
    await settle()
    await nextTick()
    expect(api.releaseLetter).not.toHaveBeenCalled()
  })
})

describe('the answer', () => {
  it('is to the citizen’s last words, and takes the letter out of the list', async () => {
    await open(again)
    answering.write('  可以。 ')
    vi.mocked(api.answerLetter).mockResolvedValue({
      letter_id: first.letter_id,
      answered_at: NOW,
      told_by: 'page',
    })
    vi.mocked(api.getLetters).mockReturnValue(new Promise(() => undefined))
    await answering.send()
    expect(api.answerLetter).toHaveBeenCalledWith(first.letter_id, { to: 'e3', words: '可以。' })
    expect(store.rowOf(first.letter_id)).toBeNull()
    expect([store.opened.value, draftOf(first.letter_id), kept()]).toEqual([null, '', null])
    expect(answering.sent.value).toEqual({ item: card.item_short_name, told_by: 'page' })
    expect(api.releaseLetter).not.toHaveBeenCalled()
  })
  it('takes with it only what was sent, and keeps that field only from being typed in', async () => {
    await open()
    answering.write('来得及')
    const done = later<Awaited<ReturnType<typeof api.answerLetter>>>()
    vi.mocked(api.answerLetter).mockReturnValue(done.promise)
    const sent = answering.send()
    await answering.send()
    expect([answering.sending.value, vi.mocked(api.answerLetter).mock.calls.length]).toEqual([true, 1])
    answering.write('来得及。还有')
    await open({ ...card, letter_id: 'l2' })
    expect(answering.sending.value).toBe(false)
    done.come({ letter_id: first.letter_id, answered_at: NOW, told_by: 'page' })
    await sent
    expect([draftOf(first.letter_id), store.opened.value?.id]).toEqual(['来得及。还有', 'l2'])
  })
  it('stays typed when the letter has changed, which is fetched anew with a sentence', async () => {
    await open()
    answering.write('来得及')
    vi.mocked(api.answerLetter).mockRejectedValue(new ApiError('letter_changed', 409))
    vi.mocked(api.getLetter).mockResolvedValue(again)
    await answering.send()
    expect(answering.card.value).toEqual(again)
    expect(answering.answerProblem.value).toContain('又有新的内容')
    expect(draftOf(first.letter_id)).toBe('来得及')
  })
  it('says who holds it, and looks at the list anew but not at the person', async () => {
    await open()
    answering.write('来得及')
    vi.mocked(api.answerLetter).mockRejectedValue(new ApiError('letter_held', 409, { name: '张鹏' }))
    vi.mocked(api.getLetters).mockResolvedValue(many.map((row) => ({ ...row, ...held })))
    await answering.send()
    expect(answering.answerProblem.value).toContain('张鹏')
    expect(api.getLetter).toHaveBeenCalledTimes(1)
    await vi.waitFor(() => {
      expect(answering.holder.value).toBe('张鹏')
    })
  })
  it('is not written when no answer came, and may be sent again', async () => {
    await open()
    answering.write('来得及')
    vi.mocked(api.answerLetter).mockRejectedValue(new ApiError('timeout', 0))
    await answering.send()
    expect(answering.answerProblem.value).not.toBeNull()
    expect([answering.sending.value, draftOf(first.letter_id)]).toEqual([false, '来得及'])
  })
  it('says when what is shown is not what waits any more', async () => {
    await open()
    expect(answering.stale.value).toBeNull()
    store.letters.value = many.map((row) => ({ ...row, asked_at: NOW }))
    expect(answering.stale.value).toBe('changed')
    store.letters.value = many.slice(0, 1)
    expect(answering.stale.value).toBe('gone')
    expect(lengthOf(' 👵𠮷 ')).toBe(2)
  })
  it('is called for again when the citizen asks on after a colleague’s answer', async () => {
    await open(answeredCard)
    expect(answering.stale.value).toBeNull()
    store.letters.value = askedOn
    expect(answering.stale.value).toBe('changed')
  })
  it('is heard to near its end in steps', () => {
    expect([200, 101, 100, 51, 50, 11, 10, 1, 0].map((left) => spokenStep(left, answering.NEAR))).toEqual([
      200, 200, 100, 100, 50, 50, 10, 10, 0,
    ])
  })
})

describe('a letter that is answered now', () => {
  it('was so by a colleague, when there is an answer that was not there', async () => {
    await open()
    await open(answeredCard)
    expect(answering.ended.value).toBe('answered')
  })
  it('waits no more because the asking on was taken back, when there is none', async () => {
    await open(again)
    vi.mocked(api.getLetter).mockResolvedValue(takenBack)
    await answering.look()
    expect([answering.card.value, answering.ended.value]).toEqual([takenBack, 'takenBack'])
    await answering.look()
    expect(answering.ended.value).toBe('takenBack')
  })
  it('is compared with the list when it was not open before', async () => {
    store.letters.value = askedOn
    await open(takenBack)
    expect(answering.ended.value).toBe('takenBack')
    store.opened.value = null
    store.letters.value = many
    await open(takenBack)
    expect(answering.ended.value).toBe('answered')
    store.opened.value = null
    store.letters.value = []
    await open(takenBack)
    expect(answering.ended.value).toBe('unclear')
  })
})
