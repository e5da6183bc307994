import { describe, expect, it } from 'vitest'
import { BETTER_FOR_MS, isAtTheEnd, LastRung, OFFER_AFTER_MS } from './last-rung'

describe('the end of the ladder', () => {
  it('is stills, and a voice on a poor line', () => {
    expect(isAtTheEnd('stills', false, 'fair')).toBe(true)
    expect(isAtTheEnd('voice', false, 'poor')).toBe(true)
    expect(isAtTheEnd('voice', false, 'fair')).toBe(false)
    expect(isAtTheEnd('reduced', false, 'poor')).toBe(false)
  })
  it('is not what somebody chose', () => {
    expect(isAtTheEnd('stills', true, 'poor')).toBe(false)
  })
})

describe('the offer of a callback', () => {
  it('comes when the line has stayed down', () => {
    const rung = new LastRung()
    expect(rung.read(true, 0)).toBe(false)
    expect(rung.read(true, OFFER_AFTER_MS - 1)).toBe(false)
    expect(rung.read(true, OFFER_AFTER_MS)).toBe(true)
  })
  it('begins anew after a better moment', () => {
    const rung = new LastRung()
    rung.read(true, 0)
    rung.read(false, OFFER_AFTER_MS / 2)
    expect(rung.read(true, OFFER_AFTER_MS)).toBe(false)
    expect(rung.read(true, 2 * OFFER_AFTER_MS)).toBe(true)
  })
  it('stays over a short better moment and goes with a longer one', () => {
    const rung = new LastRung()
    rung.read(true, 0)
    rung.read(true, OFFER_AFTER_MS)
    expect(rung.read(false, OFFER_AFTER_MS + 1)).toBe(true)
    expect(rung.read(true, OFFER_AFTER_MS + 2)).toBe(true)
    rung.read(false, OFFER_AFTER_MS + 3)
    expect(rung.read(false, OFFER_AFTER_MS + 3 + BETTER_FOR_MS)).toBe(false)
  })
})
