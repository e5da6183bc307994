import { describe, expect, it } from 'vitest'
import { paperOf, pathOf, PLACES_AT_MOST, thinned } from './ink'

const PAPER = { width: 2000, height: 1000 }

describe('paths', () => {
  it('are drawn in the picture’s own shape', () => {
    expect(paperOf({ width: 1280, height: 640 })).toEqual(PAPER)
    expect(paperOf({ width: 640, height: 1280 })).toEqual({ width: 1000, height: 2000 })
  })

  it('of a box and an arrow go between two corners', () => {
    expect(pathOf({ tool: 'box', places: [0, 0, 5000, 10_000] }, PAPER)).toBe('M0 0H1000V1000H0Z')
    expect(pathOf({ tool: 'arrow', places: [0, 0, 5000, 0] }, PAPER)).toMatch(
      /^M0 0L1000 0M964\.9 -19\.2L1000 0L964\.9 19\.2$/,
    )
  })

  it('of a pen begin and end where the hand did', () => {
    const path = pathOf({ tool: 'pen', places: [0, 0, 100, 100, 200, 0] }, PAPER)
    expect(path.startsWith('M0 0')).toBe(true)
    expect(path.endsWith('L40 0')).toBe(true)
  })

  it('of nothing are nothing', () => {
    for (const tool of ['pen', 'box', 'arrow', 'highlighter'] as const)
      expect(pathOf({ tool, places: [] }, PAPER)).toBe('')
  })
})

describe('thinned', () => {
  it('keeps both ends and never more than the server takes', () => {
    const long = Array.from({ length: 20_000 }, (_, index) => index % 10_000)
    const kept = thinned(long)
    expect(kept.length).toBeLessThanOrEqual(PLACES_AT_MOST)
    expect(kept.length % 2).toBe(0)
    expect(kept.slice(0, 2)).toEqual(long.slice(0, 2))
    expect(kept.slice(-2)).toEqual(long.slice(-2))
  })

  it('makes two places of a dot, so that it can be seen', () => {
    expect(thinned([5, 5, 6, 6])).toEqual([5, 5, 6, 6])
    expect(thinned([5, 5, 6, 6, 7, 7])).toEqual([5, 5, 7, 7])
    expect(thinned([0, 0, 1000, 0, 1001, 0])).toEqual([0, 0, 1001, 0])
  })
})
