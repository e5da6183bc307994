import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp, nextTick } from 'vue'
import type { Region } from '@/api/types'
import { keepLine, lineBefore } from './devices'
import { localPhone } from './phone'
import { offeredRegion, regionOfLink } from './place'
import { prepared, toggleReady } from './prepared'

const offered: Region[] = [
  { code: '411000000000', name: '许昌市', level: 'city', parent: null },
  { code: '411025000000', name: '襄城县', level: 'county', parent: '411000000000' },
]

describe('localPhone', () => {
  it('takes a number however it is typed', () => {
    expect(localPhone('199 0000-0127')).toBe('19900000127')
    expect(localPhone('+86 19900000127')).toBe('19900000127')
    expect(localPhone('8619900000127')).toBe('19900000127')
  })
  it('refuses what is no mobile number', () => {
    expect(localPhone('1990000012')).toBeNull()
    expect(localPhone('02900000127')).toBeNull()
    expect(localPhone('<script>')).toBeNull()
  })
})

describe('the region', () => {
  it('is taken from a link only when it has 12 digits', () => {
    expect(regionOfLink('?r=411025000000')).toBe('411025000000')
    expect(regionOfLink('?r=4110')).toBeNull()
    expect(regionOfLink('?r=41102500000x')).toBeNull()
  })
  it('of a town leads to its county, of another city nowhere', () => {
    expect(offeredRegion('411025101000', offered)).toBe('411025000000')
    expect(offeredRegion('411002001000', offered)).toBe('411000000000')
    expect(offeredRegion('110000000000', offered)).toBeNull()
  })
})

describe('the line before the number', () => {
  const reading = { roundTripMs: 46, spreadMs: 12, lostPercent: 0, kbps: 18_400 }
  beforeEach(() => {
    sessionStorage.clear()
    vi.useFakeTimers()
  })
  afterEach(() => vi.useRealTimers())

  it('is the last that was read, under the names of the wire', () => {
    expect(lineBefore()).toBeNull()
    keepLine({ ...reading, kbps: null })
    keepLine(reading)
    expect(lineBefore()).toEqual({ round_trip_ms: 46, spread_ms: 12, lost_percent: 0, kbps: 18_400 })
  })
  it('is none without an answer, and after an hour', () => {
    keepLine(reading)
    vi.advanceTimersByTime(3_600_000)
    expect(lineBefore()).not.toBeNull()
    vi.advanceTimersByTime(1)
    expect(lineBefore()).toBeNull()
    keepLine(reading)
    keepLine({ roundTripMs: null, spreadMs: null, lostPercent: 100, kbps: null })
    expect(lineBefore()).toBeNull()
  })
  it('stays within what the server takes, also where the page slept meanwhile', () => {
    keepLine({ ...reading, roundTripMs: 7_200_000, spreadMs: 7_200_000 })
    expect(lineBefore()).toMatchObject({ round_trip_ms: 60_000, spread_ms: 60_000 })
  })
})

describe('what is prepared', () => {
  beforeEach(() => localStorage.clear())
  it('is stored with every change', async () => {
    const record = prepared('P01')
    record.answers = { home: 'here' }
    toggleReady(record, 'id_card')
    await nextTick()
    expect(JSON.parse(localStorage.getItem('cw:item:P01') ?? '')).toEqual({
      answers: { home: 'here' },
      ready: ['id_card'],
    })
    toggleReady(record, 'id_card')
    expect(record.ready).toEqual([])
  })
  it('is stored as well when the page that asked for it first has been left', async () => {
    const page = createApp({
      setup() {
        prepared('P02')
        return () => null
      },
    })
    page.mount(document.createElement('div'))
    page.unmount()
    toggleReady(prepared('P02'), 'id_card')
    await nextTick()
    expect(localStorage.getItem('cw:item:P02')).toContain('id_card')
  })
})
