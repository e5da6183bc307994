import { describe, expect, it } from 'vitest'
import { NO_STATS } from '@/call/scene'
import { ourQuality, Steady, STEADY_READINGS } from './line'

const sent = (more: object) => ourQuality({ ...NO_STATS, roundTripMs: 40, ...more })

describe('our own line', () => {
  it('is unknown before the path is', () => {
    expect(ourQuality(NO_STATS)).toBeNull()
  })

  it('follows what the others miss of ours, not what we miss of theirs', () => {
    expect(sent({ lossPercent: 40 })).toBe('good')
    expect(sent({ sentLossPercent: 7 })).toBe('fair')
    expect(sent({ sentLossPercent: 13 })).toBe('poor')
  })

  it('is no better than the room that the browser finds', () => {
    expect(sent({ availableKbps: 119 })).toBe('fair')
    expect(sent({ availableKbps: 29 })).toBe('poor')
    expect(sent({ availableKbps: 1000 })).toBe('good')
  })
})

describe('steady words', () => {
  it('take the first reading at once and change only when it lasts', () => {
    const steady = new Steady<string>()
    expect(steady.read('good')).toBe('good')
    for (let one = 1; one < STEADY_READINGS; one += 1) expect(steady.read('poor')).toBe('good')
    expect(steady.read('poor')).toBe('poor')
  })

  it('start to count again after a reading that disagrees', () => {
    const steady = new Steady<string>()
    steady.read('good')
    for (const one of ['poor', 'poor', 'fair', 'poor', 'good', 'poor', 'poor']) steady.read(one)
    expect(steady.value).toBe('good')
  })

  it('keep what was known while nothing is', () => {
    const steady = new Steady<string>()
    steady.read('fair')
    expect(steady.read(null)).toBe('fair')
  })
})
