import { describe, expect, it } from 'vitest'
import { DOWNLOAD_BYTES, readLine, verdictOf, type LineReading } from './line-check'

/** A line on which each request takes what is said for it; `null` gets no answer. */
function line(times: readonly (number | null)[], download: number | null): Promise<LineReading> {
  let clock = 0
  let asked = 0
  return readLine({
    now: () => clock,
    ask: (size) => {
      const took = size === 0 ? (times[asked++ % times.length] ?? null) : download
      if (took === null) return Promise.reject(new Error('lost'))
      clock += took
      return Promise.resolve()
    },
  })
}

describe('readLine', () => {
  it('takes the median, so that one slow answer is a stutter and not a slow line', async () => {
    const reading = await line([900, 40, 44, 42, 41, 43, 640, 45, 42], 43 + 1000)
    expect(reading).toEqual({
      roundTripMs: 43,
      spreadMs: 597,
      lostPercent: 0,
      kbps: Math.round((DOWNLOAD_BYTES * 8) / 1000),
    })
  })
  it('counts what is not answered', async () => {
    expect(await line([50, null, 50, 50, 50], 300)).toMatchObject({ lostPercent: 25, roundTripMs: 50 })
  })
  it('says that nothing came, and does not try a download then', async () => {
    expect(await line([null], 300)).toEqual({
      roundTripMs: null,
      spreadMs: null,
      lostPercent: 100,
      kbps: null,
    })
  })
})

describe('verdictOf', () => {
  const good: LineReading = { roundTripMs: 60, spreadMs: 20, lostPercent: 0, kbps: 8000 }
  it.each([
    [{}, 'good'],
    [{ kbps: null }, 'good'],
    [{ roundTripMs: 320 }, 'fair'],
    [{ spreadMs: 400 }, 'fair'],
    [{ kbps: 1400 }, 'fair'],
    [{ kbps: 240 }, 'poor'],
    [{ roundTripMs: 700 }, 'poor'],
    [{ lostPercent: 13 }, 'poor'],
    [{ roundTripMs: null, spreadMs: null, lostPercent: 100, kbps: null }, null],
  ])('%o is %s', (worse, verdict) => {
    expect(verdictOf({ ...good, ...worse })).toBe(verdict)
  })
})
