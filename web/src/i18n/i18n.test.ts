import { describe, expect, it } from 'vitest'
import { messages, say } from '.'

const words = messages({
  plain: { zh: '返回', en: 'Back' },
  ahead: { zh: '前面还有 {n} 位', en: { one: '{n} person ahead', other: '{n} people ahead' } },
})

describe('say', () => {
  it('takes the sentence of the language', () => {
    expect(say('zh', words.plain)).toBe('返回')
    expect(say('en', words.plain)).toBe('Back')
  })
  it('fills in names and chooses the plural by n', () => {
    expect(say('zh', words.ahead, { n: 2 })).toBe('前面还有 2 位')
    expect(say('en', words.ahead, { n: 1 })).toBe('1 person ahead')
    expect(say('en', words.ahead, { n: 0 })).toBe('0 people ahead')
  })
})
