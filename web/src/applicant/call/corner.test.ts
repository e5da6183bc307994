import { describe, expect, it } from 'vitest'
import { afterKey, cornerOf, nextCorner, type Corner } from './corner'

const stage = { left: 0, top: 0, width: 400, height: 800 }

describe('the own picture', () => {
  it('moves by arrow keys and ignores others', () => {
    expect(afterKey('bottom-right', 'ArrowUp')).toBe('top-right')
    expect(afterKey('top-right', 'ArrowLeft')).toBe('top-left')
    expect(afterKey('top-left', 'Enter')).toBeNull()
  })
  it('goes round all four corners by presses', () => {
    let corner: Corner = 'bottom-right'
    const seen = new Set<Corner>()
    for (let n = 0; n < 4; n += 1) {
      seen.add(corner)
      corner = nextCorner(corner)
    }
    expect(seen.size).toBe(4)
    expect(corner).toBe('bottom-right')
  })
  it('falls into the nearest corner', () => {
    expect(cornerOf({ left: 10, top: 10, width: 100, height: 140 }, stage)).toBe('top-left')
    expect(cornerOf({ left: 250, top: 600, width: 100, height: 140 }, stage)).toBe('bottom-right')
  })
})
