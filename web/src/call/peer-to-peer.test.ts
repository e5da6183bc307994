import { describe, expect, it } from 'vitest'
import { FakeConnection, FakeTrack, media } from './fakes'
import { DISCONNECTED_PATIENCE_MS, RESEND_OFFER_MS } from './peer-link'
import { PEER_SPEAKS_FIRST_MS } from './peer-to-peer'
import { begin, connection, FACE, line, made, seat, settle, transport, useScene } from './scene'

const NONE = { audio: null, video: null }
useScene()

describe('a first call', () => {
  it('needs one offer and one answer', async () => {
    begin()
    await settle()
    expect(line.kinds()).toEqual(['offer', 'answer'])
    expect(FakeConnection.all.map((one) => one.signalingState)).toEqual(['stable', 'stable'])
  })

  it('sends a prepared offer in the same task as joining, with its candidates inside', async () => {
    const citizen = transport('citizen')
    const devices = media()
    citizen.prepare(devices, true)
    await settle()
    connection(0).gather('host')
    expect(line.sent).toHaveLength(0)
    citizen.start(seat('citizen', 1), [{ id: 'clerk', attempt: 1 }], devices)
    expect(line.kinds()).toEqual(['offer'])
    expect(FakeConnection.all).toHaveLength(1)
  })

  it('uses the waiting connection for the offer that comes', async () => {
    const clerk = transport('clerk')
    const devices = media()
    clerk.prepare(devices, false)
    clerk.start(seat('clerk', 1), [{ id: 'citizen', attempt: 0 }], devices)
    transport('citizen').start(seat('citizen', 1), [{ id: 'clerk', attempt: 1 }], NONE)
    await settle()
    expect(line.kinds()).toEqual(['offer', 'answer'])
    expect(FakeConnection.all).toHaveLength(2)
  })

  it('asks for both kinds when nothing can be sent', async () => {
    transport('citizen').start(seat('citizen', 1), [{ id: 'clerk', attempt: 1 }], NONE)
    await settle()
    expect(
      connection(0)
        .getTransceivers()
        .map((one) => one.direction),
    ).toEqual(['recvonly', 'recvonly'])
  })

  it('hears an offer that overtakes the answer with its own seat, and makes none of its own', async () => {
    const clerk = transport('clerk')
    const devices = media()
    clerk.prepare(devices, false)
    transport('citizen').start(seat('citizen', 1), [{ id: 'clerk', attempt: 1 }], media())
    await settle()
    clerk.start(seat('clerk', 1), [{ id: 'citizen', attempt: 1 }], devices)
    await settle()
    expect(line.kinds()).toEqual(['offer', 'answer'])
    expect(FakeConnection.all.map((one) => one.signalingState)).toEqual(['stable', 'stable'])
  })

  it('speaks up when the later one stays silent', async () => {
    const clerk = transport('clerk')
    clerk.start(seat('clerk', 1), [], media())
    clerk.setPeers([{ id: 'citizen', attempt: 1 }])
    await settle()
    expect(line.sent).toHaveLength(0)
    await settle(PEER_SPEAKS_FIRST_MS)
    expect(line.kinds()).toEqual(['offer'])
  })
})

describe('glare', () => {
  it('ends with one agreement: the polite side gives way', async () => {
    const clerk = transport('clerk')
    const citizen = transport('citizen')
    clerk.start(seat('clerk', 1), [{ id: 'citizen', attempt: 1 }], media())
    citizen.start(seat('citizen', 1), [{ id: 'clerk', attempt: 1 }], media())
    await settle()
    expect(line.kinds('clerk')).toEqual(['offer'])
    expect(line.kinds('citizen')).toEqual(['offer', 'answer'])
    expect(FakeConnection.all.map((one) => one.signalingState)).toEqual(['stable', 'stable'])
  })

  it('also when an offer was prepared but never sent', async () => {
    const clerk = transport('clerk')
    const devices = media()
    clerk.prepare(devices, true)
    await settle()
    clerk.start(seat('clerk', 1), [], devices)
    transport('citizen').start(seat('citizen', 1), [{ id: 'clerk', attempt: 1 }], media())
    await settle()
    expect(line.kinds()).toEqual(['offer', 'answer'])
  })
})

describe('attempts', () => {
  it('a reloaded peer gets a new connection and the old one is closed', async () => {
    const { clerk } = begin()
    await settle()
    made.splice(1, 1)[0]?.stop()
    transport('citizen').start(seat('citizen', 2), [{ id: 'clerk', attempt: 1 }], media())
    await settle()
    clerk.setPeers([{ id: 'citizen', attempt: 2 }])
    await settle()
    expect(FakeConnection.all.map((one) => one.signalingState)).toEqual([
      'closed',
      'closed',
      'stable',
      'stable',
    ])
    expect(line.kinds().slice(2)).toEqual(['offer', 'answer'])
  })

  it('drops signals of an older attempt, either way', async () => {
    const clerk = transport('clerk')
    clerk.start(seat('clerk', 2), [{ id: 'citizen', attempt: 2 }], media())
    await settle()
    const before = line.sent.length
    const citizen = line.end('citizen')
    const offer = [{ description: { type: 'offer' as const, sdp: 'old' } }]
    citizen.send({ call: 'call', from_attempt: 1, to: 'clerk', to_attempt: 2, batch: offer })
    citizen.send({ call: 'call', from_attempt: 2, to: 'clerk', to_attempt: 1, batch: offer })
    citizen.send({ call: 'other', from_attempt: 2, to: 'clerk', to_attempt: 2, batch: offer })
    await settle()
    expect(line.sent).toHaveLength(before + 3)
    expect(connection(0).remoteDescription).toBeNull()
  })

  it('keeps sums growing over a reload of the peer', async () => {
    const { clerk } = begin()
    await settle(300)
    const inbound = {
      type: 'inbound-rtp',
      kind: 'video',
      bytesReceived: 1000,
      framesDecoded: 10,
      packetsReceived: 5,
    }
    connection(1).stats = [inbound]
    await settle(1000)
    clerk.setPeers([{ id: 'citizen', attempt: 2 }])
    connection(2).stats = [{ ...inbound, bytesReceived: 10, framesDecoded: 1 }]
    await settle(6000)
    expect(line.reports.slice(-1)[0]).toMatchObject({ call: 'call', bytes: expect.any(Number) as number })
    const own = line.reports.filter((report) => report.frames > 0)
    expect(own.slice(-1)[0]).toMatchObject({ bytes: 1010, frames: 11 })
  })
})

describe('candidates', () => {
  it('the first leaves at once, those that follow within the window travel together', async () => {
    begin()
    await settle()
    const before = line.sent.length
    connection(1).gather('a')
    expect(line.sent).toHaveLength(before + 1)
    connection(1).gather('b')
    connection(1).gather('c')
    expect(line.sent).toHaveLength(before + 1)
    await settle()
    expect(line.kinds().slice(before)).toEqual(['candidate', 'candidate+candidate'])
    expect(connection(0).candidates.map((one) => one.candidate)).toEqual(['a', 'b', 'c'])
  })
})

describe('a bad line', () => {
  it('says an unanswered offer again', async () => {
    line.down = true
    transport('citizen').start(seat('citizen', 1), [{ id: 'clerk', attempt: 1 }], media())
    await settle(RESEND_OFFER_MS + 100)
    expect(line.kinds()).toEqual(['offer', 'offer'])
  })

  it('says it again as soon as the line is back', async () => {
    line.down = true
    begin()
    await settle()
    line.reopen()
    await settle()
    expect(line.kinds()).toEqual(['offer', 'offer', 'answer'])
  })

  it('restarts a failed path, and a disconnected one after some patience', async () => {
    begin()
    await settle()
    connection(1).ice('failed')
    expect(connection(1).restarts).toBe(1)
    await settle()
    connection(0).ice('disconnected')
    expect(connection(0).restarts).toBe(0)
    await settle(DISCONNECTED_PATIENCE_MS + 100)
    expect(connection(0).restarts).toBe(1)
  })

  it('restarts when the device changes networks', async () => {
    begin()
    await settle()
    window.dispatchEvent(new Event('online'))
    expect(FakeConnection.all.map((one) => one.restarts)).toEqual([1, 1])
  })
})

describe('what is heard and seen', () => {
  it('keeps one stream over a reload and tells what is being sent', async () => {
    const { clerk } = begin()
    await settle()
    connection(1).arrive(new FakeTrack('video'))
    const stream = clerk.remote[0]?.stream
    expect(clerk.remote[0]).toMatchObject({ participant: 'citizen', name: 'face', video: true, audio: false })
    connection(1)
      .channels.get('state')
      ?.hear(JSON.stringify([{ ...FACE, video: false }]))
    expect(clerk.remote[0]?.video).toBe(false)
    clerk.setPeers([{ id: 'citizen', attempt: 2 }])
    connection(2).arrive(new FakeTrack('video'))
    expect(clerk.remote[0]?.stream).toBe(stream)
    expect(stream?.getTracks()).toHaveLength(1)
  })

  it('mutes without negotiating', async () => {
    const { citizen } = begin()
    await settle()
    const before = line.sent.length
    citizen.setMicrophone(false)
    citizen.setCamera(false)
    await settle()
    expect(line.sent).toHaveLength(before)
  })

  it('tells that the devices are taken for now, and that they are back', async () => {
    const { citizen, clerk } = begin()
    await settle()
    const said = (): string => connection(0).channels.get('state')?.sent.slice(-1)[0] ?? ''
    connection(1).arrive(new FakeTrack('video'))
    for (const paused of ['system', null] as const) {
      citizen.setPaused(paused)
      connection(1).channels.get('state')?.hear(said())
      expect(clerk.remote[0]?.paused).toBe(paused)
    }
    connection(1)
      .channels.get('state')
      ?.hear(JSON.stringify([{ ...FACE, paused: '<b>' }]))
    expect(clerk.remote[0]?.paused).toBeNull()
  })
})
