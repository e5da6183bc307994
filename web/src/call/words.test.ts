import { describe, expect, it } from 'vitest'
import { FakeConnection, FakeTrack, media } from './fakes'
import { begin, connection, FACE, seat, settle, transport, useScene } from './scene'
import { GROW_AFTER_MS } from './peer-link'
import { FIRST_HEIGHT } from './senders'
import { MESSAGE_LIMIT, MESSAGES_PER_SECOND } from './transport'

useScene()

describe('what is sent beside the face', () => {
  const screen = (): { audio: null; video: MediaStreamTrack } => ({
    audio: null,
    video: new FakeTrack('video') as unknown as MediaStreamTrack,
  })
  const lastSent = (index: number): unknown => {
    const said = connection(index).channels.get('state')?.sent.slice(-1)[0]
    return JSON.parse(said ?? 'null') as unknown
  }

  it('waits until both have agreed, gets a line of its own, and keeps it for the next time', async () => {
    const citizen = transport('citizen')
    citizen.publish('screen', screen())
    citizen.start(seat('citizen', 1), [{ id: 'clerk', attempt: 1 }], media())
    expect(connection(0).getTransceivers()).toHaveLength(2)
    transport('clerk').start(seat('clerk', 1), [{ id: 'citizen', attempt: 0 }], media())
    await settle()
    const line = connection(0).getTransceivers()[2]
    if (line === undefined) throw new Error('no third line')
    expect(line.direction).toBe('sendonly')
    line.mid = '2'
    citizen.publish('screen', null)
    await settle()
    expect(line.sender.track).toBeNull()
    expect(lastSent(0)).toEqual([FACE])
    citizen.publish('screen', screen())
    await settle()
    expect(connection(0).getTransceivers()).toHaveLength(3)
    expect(lastSent(0)).toMatchObject([FACE, { name: 'screen', video: true, audio: false, mids: ['2'] }])
  })

  it('is known by its name, whether the line or the name comes first', async () => {
    const { clerk } = begin()
    await settle()
    const names = (): string[] => clerk.remote.filter((one) => one.video).map((one) => one.name)
    const said = [FACE, { name: 'screen', audio: false, video: true, weak: false, mids: ['3'] }]
    connection(1).arrive(new FakeTrack('video'))
    connection(1).arrive(new FakeTrack('video'), '3')
    expect(names()).toEqual(['face'])
    connection(1).channels.get('state')?.hear(JSON.stringify(said))
    expect(names()).toEqual(['face', 'screen'])
    connection(1)
      .channels.get('state')
      ?.hear(JSON.stringify([FACE]))
    expect(names()).toEqual(['face'])
  })

  it('is a small picture first, on a prepared connection too, and as large as allowed a while after the path is there', async () => {
    const clerk = transport('clerk')
    const devices = media()
    clerk.prepare(devices, true)
    await settle()
    const size = (): unknown => connection(0).getTransceivers()[1]?.sender.parameters.encodings[0]
    expect(size()).toEqual({ maxBitrate: 1_500_000, scaleResolutionDownBy: 720 / FIRST_HEIGHT })
    clerk.start(seat('clerk', 1), [{ id: 'citizen', attempt: 1 }], devices)
    connection(0).ice('connected')
    await settle(GROW_AFTER_MS - 1)
    connection(0).ice('completed')
    expect(size()).toMatchObject({ scaleResolutionDownBy: 720 / FIRST_HEIGHT })
    await settle(1)
    expect(size()).toEqual({ maxBitrate: 1_500_000, scaleResolutionDownBy: 1 })
  })

  it('is no picture on a prepared connection either, where a person has chosen the voice alone', async () => {
    const citizen = transport('citizen')
    const devices = media()
    citizen.prepare(devices, true)
    await settle()
    citizen.limit({ video: false, height: 480, kbps: 400 })
    citizen.start(seat('citizen', 1), [{ id: 'clerk', attempt: 1 }], devices)
    await settle()
    expect(connection(0).getTransceivers()[1]?.sender.track).toBeNull()
    expect(FakeConnection.all).toHaveLength(1)
  })

  it('a weak line sends no picture and says so, and others are limited in size', async () => {
    const { clerk, citizen } = begin()
    await settle()
    connection(0).ice('connected')
    await settle(GROW_AFTER_MS)
    citizen.limit({ video: true, height: 480, kbps: 400 })
    const sender = connection(0).getTransceivers()[1]?.sender
    expect(sender?.parameters.encodings[0]).toEqual({ maxBitrate: 400_000, scaleResolutionDownBy: 1.5 })
    citizen.limit({ video: false, height: 480, kbps: 400 })
    await settle()
    expect(sender?.track).toBeNull()
    expect(lastSent(0)).toEqual([{ ...FACE, video: false, weak: true }])
    connection(1)
      .channels.get('state')
      ?.hear(JSON.stringify(lastSent(0)))
    expect(clerk.remote[0]).toMatchObject({ name: 'face', video: false, weak: true })
  })
})

describe('words between pages', () => {
  const wordsOf = (index: number, label: string): string[] =>
    connection(index).channels.get(label)?.sent ?? []

  it('go to everyone, the loose ones by the loose channel and never into a backlog', async () => {
    const { citizen } = begin()
    await settle()
    citizen.say({ topic: 'stage.zoom', body: '2' })
    citizen.say({ topic: 'stage.pointer', body: '1,2', lossy: true })
    Object.assign(connection(0).channels.get('lossy') ?? {}, { bufferedAmount: 1_000_000 })
    citizen.say({ topic: 'stage.pointer', body: '3,4', lossy: true })
    expect(wordsOf(0, 'words')).toEqual(['["stage.zoom","2"]'])
    expect(wordsOf(0, 'lossy')).toEqual(['["stage.pointer","1,2"]'])
  })

  it('that break the limits are neither said nor heard', async () => {
    const { clerk, citizen } = begin()
    await settle()
    const heard: unknown[] = []
    clerk.on('message', (message) => heard.push(message))
    citizen.say({ topic: 'Not a topic', body: '' })
    citizen.say({ topic: 'chat', body: 'x'.repeat(MESSAGE_LIMIT + 1) })
    expect(wordsOf(0, 'words')).toEqual([])
    const hear = (data: unknown): void => connection(1).channels.get('words')?.hear(data)
    const hostile: unknown[] = [
      new ArrayBuffer(8),
      '',
      '[',
      'null',
      '{"topic":"a","body":"b"}',
      '["a"]',
      '["a",1]',
      '["a","b","c"]',
      JSON.stringify(['__proto__', 'b']),
      JSON.stringify(['a', 'x'.repeat(MESSAGE_LIMIT + 1)]),
      '['.repeat(50_000),
    ]
    hostile.forEach(hear)
    expect(heard).toEqual([])
    hear('["stage.zoom","2"]')
    expect(heard).toEqual([{ from: 'citizen', topic: 'stage.zoom', body: '2' }])
  })

  it('of one who floods are dropped until the second is over', async () => {
    const { clerk } = begin()
    await settle()
    let heard = 0
    clerk.on('message', () => (heard += 1))
    const flood = (): void => {
      for (let one = 0; one < 1000; one += 1) connection(1).channels.get('words')?.hear('["a","b"]')
    }
    flood()
    expect(heard).toBe(MESSAGES_PER_SECOND)
    await settle(1000)
    flood()
    expect(heard).toBe(2 * MESSAGES_PER_SECOND)
  })

  it('hostile news of what is sent changes nothing', async () => {
    const { clerk } = begin()
    await settle()
    connection(1).arrive(new FakeTrack('video'))
    const before = JSON.stringify(clerk.remote)
    const hear = (data: unknown): void => connection(1).channels.get('state')?.hear(data)
    const many = Array.from({ length: 40 }, () => ({ ...FACE, name: 'screen' }))
    ;['x', '{}', '[1]', '[null]', JSON.stringify([{ ...FACE, name: 'body' }]), JSON.stringify(many)].forEach(
      hear,
    )
    hear(JSON.stringify([{ ...FACE, mids: [1] }]))
    hear(JSON.stringify([{ ...FACE, audio: 'yes' }]))
    expect(JSON.stringify(clerk.remote)).toBe(before)
  })
})
