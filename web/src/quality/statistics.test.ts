import { describe, expect, it } from 'vitest'
import { NO_STATS } from '@/call/scene'
import { SETUP_MS, Statistics } from './statistics'

const OK = { microphone: 'ok', camera: 'ok' } as const
const flowing = { ...NO_STATS, ice: 'connected', framesDecoded: 1, roundTripMs: 42, lossPercent: 0 } as const

describe('statistics of a call', () => {
  it('count from joining to media and to the first picture, once', () => {
    const measured = new Statistics(1000)
    measured.read({ ...flowing, framesDecoded: 0 }, 1500)
    measured.connected(1500)
    measured.read(flowing, 1750)
    measured.connected(9000)
    measured.read(flowing, 9000)
    expect(measured.report(1, OK, 9000, false)).toMatchObject({
      setup_ms: 500,
      first_frame_ms: 750,
      cause: null,
    })
  })

  it('take the median and the worst of round trips, and the mean of losses', () => {
    const measured = new Statistics(0)
    measured.connected(0)
    for (const [index, trip] of [20, 31, 44, 900, 5000].entries())
      measured.read({ ...flowing, roundTripMs: trip, lossPercent: index }, 1000 * index)
    expect(measured.report(1, OK, 5000, false)).toMatchObject({
      round_trip_ms: 40,
      worst_round_trip_ms: 5000,
      loss_permille: 20,
    })
  })

  it('know nothing before anything was read', () => {
    expect(new Statistics(0).report(3, OK, 10, false)).toEqual({
      attempt: 3,
      number: 1,
      setup_ms: null,
      first_frame_ms: null,
      freezes: 0,
      frozen_ms: 0,
      loss_permille: null,
      round_trip_ms: null,
      worst_round_trip_ms: null,
      kbps: 0,
      rung_changes: 0,
      relay: false,
      cause: null,
    })
  })

  it('number their reports and carry sums, bitrate, rungs, relay', () => {
    const measured = new Statistics(0)
    measured.onRung('full')
    measured.onRung('reduced')
    measured.onRung('reduced')
    measured.onRung('full')
    measured.connected(2000)
    const sums = { bytesReceived: 1_000_000, freezes: 2, frozenSeconds: 1.25 }
    measured.read({ ...flowing, relay: true }, 3000)
    measured.read({ ...flowing, ...sums }, 10_000)
    measured.report(1, OK, 10_000, false)
    expect(measured.report(1, OK, 10_000, false)).toMatchObject({
      number: 2,
      freezes: 2,
      frozen_ms: 1250,
      kbps: 1000,
      rung_changes: 2,
      relay: true,
    })
  })

  it('stay within what the server takes', () => {
    const measured = new Statistics(0)
    measured.connected(9e9)
    measured.read(
      { ...flowing, roundTripMs: 1e9, lossPercent: 400, freezes: 1e9, frozenSeconds: 1e9 },
      9e9 + 1,
    )
    const report = measured.report(1, OK, 9e9, true)
    expect(report).toMatchObject({ setup_ms: 3_600_000, freezes: 100_000, frozen_ms: 86_400_000 })
    expect(report).toMatchObject({ loss_permille: 1000, round_trip_ms: 2000, worst_round_trip_ms: 60_000 })
  })
})

describe('the cause of a failed setup', () => {
  const cause = (ice: RTCIceConnectionState | null, over: boolean, microphone = 'ok'): string | null => {
    const measured = new Statistics(0)
    if (ice !== null) measured.read({ ...NO_STATS, ice }, 100)
    const devices = { microphone, camera: 'ok' } as Parameters<Statistics['report']>[1]
    return measured.report(1, devices, over ? 200 : SETUP_MS - 1, over).cause
  }

  it('is named when it is over, not while it may still come', () => {
    expect(cause('checking', false)).toBeNull()
    expect(cause('checking', true)).toBe('no_route')
    expect(cause('failed', true)).toBe('no_route')
    expect(cause(null, true)).toBe('signalling_timeout')
    expect(cause('new', true)).toBe('signalling_timeout')
    expect(cause('connected', true)).toBe('unknown')
    expect(new Statistics(0).report(1, OK, SETUP_MS, false).cause).toBe('signalling_timeout')
  })

  it('is the device at once, also when media flow', () => {
    expect(cause('connected', false, 'denied')).toBe('permission')
    expect(cause('connected', false, 'missing')).toBe('no_device')
    expect(cause('connected', false, 'busy')).toBe('no_device')
    expect(cause(null, false, 'insecure')).toBe('insecure_page')
  })

  it('is taken back by media', () => {
    const measured = new Statistics(0)
    measured.connected(SETUP_MS + 1)
    expect(measured.report(1, OK, SETUP_MS + 2, true).cause).toBeNull()
  })
})
