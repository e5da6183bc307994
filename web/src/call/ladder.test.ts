import { describe, expect, it } from 'vitest'
import { DOWN_AFTER_MS, Ladder, limitOf, RUNGS, UP_AFTER_MS, UP_AT_MOST_MS } from './ladder'
import type { MediaStats } from './transport'

const stats = (sentLossPercent: number, roundTripMs: number | null = 50): MediaStats => ({
  ice: 'connected',
  bytesReceived: 1,
  framesDecoded: 1,
  audioEnergy: 0,
  roundTripMs,
  lossPercent: 0,
  sentLossPercent,
  availableKbps: null,
  freezes: 0,
  frozenSeconds: 0,
  relay: false,
})
const GOOD = stats(0)
const BAD = stats(20)

/** Reads the same every second for so long; returns the rungs that were seen on the way. */
function run(ladder: Ladder, reading: MediaStats, from: number, forMs: number): string[] {
  const seen: string[] = []
  for (let now = from; now <= from + forMs; now += 1000) {
    ladder.read(reading, now)
    if (seen.slice(-1)[0] !== ladder.rung) seen.push(ladder.rung)
  }
  return seen
}

describe('Ladder', () => {
  it('goes down a rung at a time while the line stays bad, and stops at the last', () => {
    expect(run(new Ladder(), BAD, 0, 6 * DOWN_AFTER_MS)).toEqual([...RUNGS])
  })

  it('does not move for one bad second, nor without a path', () => {
    const ladder = new Ladder()
    run(ladder, BAD, 0, 2000)
    run(ladder, GOOD, 3000, 2000)
    run(ladder, BAD, 6000, 2000)
    run(ladder, stats(50, null), 9000, 60_000)
    expect(ladder.rung).toBe('full')
  })

  /** Read anew each time: the compiler believes that nothing changed. */
  const rungOf = (ladder: Ladder): string => ladder.rung

  it('comes back slowly, and more slowly after each relapse', () => {
    const ladder = new Ladder()
    run(ladder, BAD, 0, DOWN_AFTER_MS)
    let now = 10_000
    const waits: number[] = []
    for (let relapse = 0; relapse < 6; relapse += 1) {
      const from = now
      while (rungOf(ladder) !== 'full') ladder.read(GOOD, (now += 1000))
      waits.push(now - from)
      const until = now + 20_000
      while (rungOf(ladder) !== 'reduced' && now < until) ladder.read(BAD, (now += 1000))
    }
    expect(waits[0]).toBeLessThanOrEqual(UP_AFTER_MS + 2000)
    for (let one = 1; one < waits.length; one += 1) {
      expect(waits[one]).toBeGreaterThanOrEqual(waits[one - 1] ?? 0)
      expect(waits[one]).toBeLessThanOrEqual(UP_AT_MOST_MS + 2000)
    }
    expect(waits.slice(-1)[0]).toBeGreaterThan(UP_AT_MOST_MS - 2000)
  })

  it('a middling line stays where it is', () => {
    const ladder = new Ladder()
    run(ladder, BAD, 0, DOWN_AFTER_MS)
    run(ladder, stats(4), 10_000, 10 * UP_AFTER_MS)
    expect(ladder.rung).toBe('reduced')
  })

  it('knows that a narrow line cannot carry the picture though nothing is lost', () => {
    const ladder = new Ladder()
    expect(run(ladder, { ...GOOD, availableKbps: 60 }, 0, 3 * DOWN_AFTER_MS)).toEqual([
      'full',
      'reduced',
      'voice',
    ])
  })

  it('a person decides until the choice is taken back', () => {
    const ladder = new Ladder()
    ladder.choose('voice')
    run(ladder, GOOD, 0, 200_000)
    expect(ladder.rung).toBe('voice')
    ladder.choose('full')
    run(ladder, BAD, 300_000, 200_000)
    expect(ladder.rung).toBe('full')
    ladder.choose(null)
    run(ladder, BAD, 600_000, DOWN_AFTER_MS)
    expect(ladder.rung).toBe('reduced')
  })

  it('only pictures that can be sent are sent', () => {
    expect(RUNGS.map((rung) => limitOf(rung).video)).toEqual([true, true, false, false])
  })
})
