import { expect, it } from 'vitest'
import { nextTick, ref } from 'vue'
import { useSheets } from './sheets'

function scene(typed = false) {
  const over = {
    settled: ref(false),
    typed: ref(typed),
    inWriting: ref(typed),
    broken: ref(false),
    photo: ref(false),
  }
  return { over, ...useSheets(over) }
}

it('what lies beside a call comes with the first pictures or with the first press, and stays', async () => {
  const one = scene()
  expect(one.furnished.value).toBe(false)
  one.sheet.value = 'papers'
  await nextTick()
  one.sheet.value = null
  await nextTick()
  expect(one.furnished.value).toBe(true)
  const other = scene()
  other.over.settled.value = true
  await nextTick()
  other.over.settled.value = false
  await nextTick()
  expect(other.furnished.value).toBe(true)
})

it.each([
  [false, 'photo', null, null],
  [false, 'broken', null, null],
  [true, 'photo', null, 'chat'],
  [true, 'broken', 'chat', 'chat'],
] as const)('in writing %s: %s leaves %s, and %s afterwards', async (typed, what, during, after) => {
  const { over, sheet } = scene(typed)
  over.inWriting.value = false
  await nextTick()
  sheet.value = 'papers'
  over[what].value = true
  await nextTick()
  expect(sheet.value).toBe(during)
  over[what].value = false
  await nextTick()
  expect(sheet.value).toBe(after)
})

it('a chat that was opened while the line was broken stays when it is back', async () => {
  const { over, sheet } = scene()
  over.broken.value = true
  await nextTick()
  sheet.value = 'chat'
  over.broken.value = false
  await nextTick()
  expect(sheet.value).toBe('chat')
})

it('who is in writing has the chat from the beginning, after the papers, and when the stage is empty again', async () => {
  const { over, sheet, rest } = scene(true)
  expect(sheet.value).toBe('chat')
  sheet.value = 'papers'
  rest()
  expect(sheet.value).toBe('chat')
  over.inWriting.value = false
  await nextTick()
  sheet.value = 'papers'
  over.inWriting.value = true
  await nextTick()
  expect(sheet.value).toBe('chat')
})
