import { afterEach, describe, expect, it, vi } from 'vitest'
import { loudness, openDevices, problemOf } from './devices'
import { FakeTrack } from './fakes'

type Wish = { audio?: unknown; video?: unknown }
const refuse = (name: string): Promise<never> => Promise.reject(Object.assign(new Error(name), { name }))
const stream = (...kinds: ('audio' | 'video')[]): object => {
  const tracks = kinds.map((kind) => new FakeTrack(kind))
  const of = (kind: string) => (): FakeTrack[] => tracks.filter((track) => track.kind === kind)
  return { getTracks: () => tracks, getAudioTracks: of('audio'), getVideoTracks: of('video') }
}
function browser(getUserMedia: (wish: Wish) => Promise<unknown>): void {
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia } })
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('openDevices', () => {
  it('asks once for both', async () => {
    const ask = vi.fn(() => Promise.resolve(stream('audio', 'video')))
    browser(ask)
    expect(await openDevices({ audio: true, video: true })).toMatchObject({ microphone: 'ok', camera: 'ok' })
    expect(ask).toHaveBeenCalledTimes(1)
  })
  it('keeps the voice when the camera is refused', async () => {
    browser((wish) =>
      wish.video === undefined ? Promise.resolve(stream('audio')) : refuse('NotAllowedError'),
    )
    const media = await openDevices({ audio: true, video: true })
    expect(media).toMatchObject({ microphone: 'ok', camera: 'denied', video: null })
    expect(media.audio).not.toBeNull()
  })
  it('takes any camera when the remembered one is gone', async () => {
    browser((wish) =>
      wish.video === true ? Promise.resolve(stream('video')) : refuse('OverconstrainedError'),
    )
    const media = await openDevices({ audio: false, video: true, cameraId: 'gone' })
    expect(media).toMatchObject({ microphone: 'off', camera: 'ok' })
  })
  it('names a page without HTTPS, and an app whose pages have no camera', async () => {
    vi.stubGlobal('navigator', {})
    vi.stubGlobal('isSecureContext', true)
    expect(await openDevices({ audio: false, video: true })).toMatchObject({ camera: 'no-media' })
    vi.stubGlobal('isSecureContext', false)
    expect(await openDevices({ audio: true, video: true })).toMatchObject({
      microphone: 'insecure',
      camera: 'insecure',
    })
  })
})

it('tells a page that may not ask from a person who said no', async () => {
  browser(() => refuse('NotAllowedError'))
  vi.stubGlobal('document', { featurePolicy: { allowsFeature: (name: string) => name !== 'camera' } })
  expect(await openDevices({ audio: true, video: true })).toMatchObject({
    microphone: 'denied',
    camera: 'policy',
  })
})

describe('problemOf', () => {
  it('tells the system’s refusal from the person’s', () => {
    expect(problemOf(new DOMException('Permission denied by system', 'NotAllowedError'))).toBe('system')
    expect(problemOf(new DOMException('Permission denied', 'NotAllowedError'))).toBe('denied')
  })
  it.each([
    ['NotAllowedError', 'denied'],
    ['NotFoundError', 'missing'],
    ['NotReadableError', 'busy'],
    ['Other', 'unknown'],
  ])('%s is %s', (name, problem) => {
    expect(problemOf(Object.assign(new Error(), { name }))).toBe(problem)
  })
})

describe('loudness', () => {
  it('is 0 for silence and 1 for a full tone', () => {
    expect(loudness(new Float32Array(64))).toBe(0)
    expect(loudness(new Float32Array(64).fill(1))).toBe(1)
    expect(loudness(new Float32Array(64).fill(0.03))).toBeGreaterThan(0.4)
  })
})
