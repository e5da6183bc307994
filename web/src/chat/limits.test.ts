import { describe, expect, it } from 'vitest'
import { lengthOf, sizeOf } from './limits'

describe('limits', () => {
  it('count letters as the server does', () => {
    expect(lengthOf('  您好  ')).toBe(2)
    expect(lengthOf('𠮷野家👍')).toBe(4)
  })
  it('say sizes as people read them', () => {
    expect(sizeOf(1)).toBe('1 KB')
    expect(sizeOf(310 * 1024)).toBe('310 KB')
    expect(sizeOf(2.5 * 1_048_576)).toBe('2.5 MB')
  })
})
