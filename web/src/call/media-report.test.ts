import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MediaReporter, nextState, REPORT_EVERY_MS, SILENCE_MS } from './media-report'
import { lossBetween, NO_SUMS, qualityOf, sumReport } from './stats'
import type { MediaStats } from './transport'

const reading = (bytes: number, frames: number, ice: RTCIceConnectionState = 'connected'): MediaStats => ({
  ice,
  bytesReceived: bytes,
  framesDecoded: frames,
  audioEnergy: 0,
  roundTripMs: null,
  lossPercent: null,
  sentLossPercent: null,
  availableKbps: null,
  freezes: 0,
  frozenSeconds: 0,
  relay: false,
})

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('MediaReporter', () => {
  it('reports the first bytes soon, then every five seconds, and silence as interrupted', async () => {
    let now = reading(0, 0, 'checking')
    const reports: MediaStats[] = []
    const states: string[] = []
    const reporter = new MediaReporter({
      read: () => Promise.resolve(now),
      report: (stats) => reports.push(stats),
      onStats: () => undefined,
      onState: (state) => states.push(state),
      now: () => Date.now(),
    })
    reporter.start()
    await vi.advanceTimersByTimeAsync(500)
    now = reading(0, 0)
    reporter.nudge()
    await vi.advanceTimersByTimeAsync(1)
    expect(reports).toEqual([])
    now = reading(100, 1)
    await vi.advanceTimersByTimeAsync(300)
    expect(reports.slice(-1)[0]).toMatchObject({ bytesReceived: 100, framesDecoded: 1 })
    expect(states).toEqual(['connected'])
    const count = reports.length
    for (let second = 0; second < 10; second += 1) {
      now = reading(now.bytesReceived + 1, 2)
      await vi.advanceTimersByTimeAsync(1000)
    }
    expect(reports.length - count).toBe(10_000 / REPORT_EVERY_MS)
    await vi.advanceTimersByTimeAsync(SILENCE_MS + 1500)
    expect(states).toEqual(['connected', 'interrupted'])
    reporter.stop()
  })
})

describe('nextState', () => {
  it('bytes decide, a failed path is failed', () => {
    expect(nextState('connecting', 'checking', false)).toBe('connecting')
    expect(nextState('connecting', 'connected', true)).toBe('connected')
    expect(nextState('connected', 'connected', false)).toBe('interrupted')
    expect(nextState('connected', 'disconnected', true)).toBe('connected')
    expect(nextState('connected', 'failed', true)).toBe('failed')
  })
})

describe('statistics', () => {
  const report = (entries: object[]): RTCStatsReport =>
    new Map(entries.entries()) as unknown as RTCStatsReport

  it('sums what arrives', () => {
    const sums = sumReport(
      report([
        {
          type: 'inbound-rtp',
          kind: 'audio',
          bytesReceived: 10,
          packetsReceived: 3,
          packetsLost: 1,
          totalAudioEnergy: 0.5,
        },
        {
          type: 'inbound-rtp',
          kind: 'video',
          bytesReceived: 100,
          packetsReceived: 7,
          packetsLost: -2,
          framesDecoded: 4,
          freezeCount: 2,
          totalFreezesDuration: 1.5,
        },
        { type: 'transport', bytesReceived: 900 },
        {
          type: 'candidate-pair',
          nominated: true,
          currentRoundTripTime: 0.042,
          availableOutgoingBitrate: 300_400,
        },
        { type: 'remote-inbound-rtp', kind: 'audio', fractionLost: 0.01 },
        { type: 'remote-inbound-rtp', kind: 'video', fractionLost: 0.25 },
      ]),
    )
    expect(sums).toEqual({
      bytes: 110,
      frames: 4,
      energy: 0.5,
      packets: 10,
      lost: 1,
      freezes: 2,
      frozenSeconds: 1.5,
      roundTripMs: 42,
      sentLoss: 25,
      availableKbps: 300,
      relay: false,
    })
  })
  it('sees that the path in use goes over a relay, at either end', () => {
    const path = (local: string, remote: string): RTCStatsReport =>
      new Map<string, object>([
        ['p', { type: 'candidate-pair', nominated: true, localCandidateId: 'l', remoteCandidateId: 'r' }],
        ['l', { type: 'local-candidate', candidateType: local }],
        ['r', { type: 'remote-candidate', candidateType: remote }],
      ]) as unknown as RTCStatsReport
    expect(sumReport(path('host', 'srflx')).relay).toBe(false)
    expect(sumReport(path('relay', 'host')).relay).toBe(true)
    expect(sumReport(path('host', 'relay')).relay).toBe(true)
  })
  it('takes the keep-alives when the other side has nothing to send', () => {
    const bytes = (dtlsState: string): number =>
      sumReport(report([{ type: 'transport', bytesReceived: 900, dtlsState }])).bytes
    expect(bytes('connected')).toBe(900)
    expect(bytes('connecting')).toBe(0)
  })
  it('names the line by delay and loss', () => {
    expect(lossBetween(NO_SUMS, NO_SUMS)).toBeNull()
    expect(lossBetween(NO_SUMS, { ...NO_SUMS, packets: 90, lost: 10 })).toBe(10)
    expect(qualityOf({ roundTripMs: null, lossPercent: null })).toBeNull()
    expect(qualityOf({ roundTripMs: 40, lossPercent: 0 })).toBe('good')
    expect(qualityOf({ roundTripMs: 40, lossPercent: 7 })).toBe('fair')
    expect(qualityOf({ roundTripMs: 700, lossPercent: 0 })).toBe('poor')
  })
})
