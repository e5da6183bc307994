/** A scene for the tests of the mesh: a line, transports on it, the everyday beginning of a call. Used after `useScene()`. */
import { afterEach, beforeEach, vi } from 'vitest'
import { FakeConnection, fakeConnect, FakeLine, media, useFakeBrowser } from './fakes'
import { PeerToPeerTransport } from './peer-to-peer'
import type { MediaStats, Seat } from './transport'

export const FACE = { name: 'face', audio: true, video: true, weak: false, mids: [] }
/** Statistics of a call in which nothing has come yet. */
export const NO_STATS: MediaStats = {
  ice: 'new',
  bytesReceived: 0,
  framesDecoded: 0,
  audioEnergy: 0,
  roundTripMs: null,
  lossPercent: null,
  sentLossPercent: null,
  availableKbps: null,
  freezes: 0,
  frozenSeconds: 0,
  relay: false,
}
export const made: PeerToPeerTransport[] = []
export let line: FakeLine

export function useScene(): void {
  beforeEach(() => {
    vi.useFakeTimers()
    useFakeBrowser()
    line = new FakeLine()
  })
  afterEach(() => {
    for (const one of made.splice(0)) one.stop()
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })
}

export const seat = (participant: string, attempt: number): Seat => ({
  call: 'call',
  participant,
  attempt,
  iceServers: [],
  relayOnly: false,
})

export function transport(participant: string): PeerToPeerTransport {
  const one = new PeerToPeerTransport({
    signalling: line.end(participant),
    connect: fakeConnect,
    now: () => Date.now(),
  })
  made.push(one)
  return one
}

export const settle = (ms = 60): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

export function connection(index: number): FakeConnection {
  const found = FakeConnection.all[index]
  if (found === undefined) throw new Error(`no connection ${String(index)}`)
  return found
}

/** The clerk sits and waits, the citizen joins. Connection 0 is the citizen's, 1 the clerk's. */
export function begin(): { clerk: PeerToPeerTransport; citizen: PeerToPeerTransport } {
  const clerk = transport('clerk')
  clerk.start(seat('clerk', 1), [{ id: 'citizen', attempt: 0 }], media())
  const citizen = transport('citizen')
  citizen.start(seat('citizen', 1), [{ id: 'clerk', attempt: 1 }], media())
  clerk.setPeers([{ id: 'citizen', attempt: 1 }])
  return { clerk, citizen }
}
