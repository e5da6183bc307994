import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeStream, FakeTrack } from './fakes'
import { canShareScreen, NO_MEDIA, OwnMedia, type OwnMediaView } from './own-media'
import type { LocalMedia } from './transport'

let opened: FakeTrack[]
let asked: MediaStreamConstraints[]
let faces: LocalMedia[]
let screens: (LocalMedia | null)[]
let refuse: string | null

const view = (): OwnMediaView => ({
  local: NO_MEDIA,
  localStream: null,
  screenStream: null,
  microphoneOn: true,
  cameraOn: true,
  devices: { microphone: 'unasked', camera: 'unasked' },
})
function make(): { own: OwnMedia; seen: OwnMediaView } {
  const seen = view()
  const own = new OwnMedia(seen, {
    onFace: (local) => faces.push(local),
    onScreen: (screen) => screens.push(screen),
  })
  return { own, seen }
}
const open = (kinds: readonly ('audio' | 'video')[]): FakeStream => {
  const tracks = kinds.map((kind) => new FakeTrack(kind))
  opened.push(...tracks)
  return new FakeStream(tracks)
}

beforeEach(() => {
  opened = []
  asked = []
  faces = []
  screens = []
  refuse = null
  vi.stubGlobal('MediaStream', FakeStream)
  vi.stubGlobal('navigator', {
    mediaDevices: {
      getUserMedia: (wish: MediaStreamConstraints) => {
        asked.push(wish)
        return Promise.resolve(open((['audio', 'video'] as const).filter((kind) => wish[kind] !== undefined)))
      },
      getDisplayMedia: () =>
        refuse === null
          ? Promise.resolve(open(['video']))
          : Promise.reject(Object.assign(new Error('no'), { name: refuse })),
    },
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
})

describe('own devices', () => {
  it('are opened once, however often that is asked', async () => {
    const { own, seen } = make()
    await Promise.all([own.open(), own.open()])
    expect(asked).toHaveLength(1)
    expect(seen.devices).toEqual({ microphone: 'ok', camera: 'ok' })
  })

  it('a camera that is turned is let go of before the other one opens, and the other side gets the new one', async () => {
    const { own, seen } = make()
    await own.open()
    await own.turnCamera()
    expect(asked.map((wish) => (wish.video as MediaTrackConstraints).facingMode)).toEqual([
      'user',
      'environment',
    ])
    expect(opened.slice(0, 2).map((track) => track.readyState)).toEqual(['ended', 'ended'])
    expect(faces).toEqual([seen.local])
    await own.turnCamera()
    expect((asked[2]?.video as MediaTrackConstraints).facingMode).toBe('user')
  })

  it('keep their switches', async () => {
    const { own, seen } = make()
    own.apply({ microphone: true, camera: false })
    await own.open()
    expect([seen.local.audio?.enabled, seen.local.video?.enabled]).toEqual([true, false])
  })

  it('one that is pulled out is said to be missing, and the rest goes on', async () => {
    const { own, seen } = make()
    await own.open()
    opened[1]?.dispatchEvent(new Event('ended'))
    expect(seen.devices).toEqual({ microphone: 'ok', camera: 'missing' })
    expect(seen.local).toMatchObject({ audio: opened[0], video: null })
    expect(faces).toEqual([seen.local])
  })

  it('opened for a page that has gone are closed at once', async () => {
    const { own, seen } = make()
    const opening = own.open()
    own.close()
    await opening
    expect(opened.every((track) => track.readyState === 'ended')).toBe(true)
    expect(seen.local).toBe(NO_MEDIA)
  })
})

describe('a shared screen', () => {
  it('is sent until it is stopped, here or in the browser’s own bar', async () => {
    const { own, seen } = make()
    expect(await own.shareScreen()).toBeNull()
    own.stopScreen()
    await own.shareScreen()
    opened[1]?.dispatchEvent(new Event('ended'))
    expect(screens.map((screen) => screen === null)).toEqual([false, true, false, true])
    expect(opened[0]?.readyState).toBe('ended')
    expect(seen.screenStream).toBeNull()
  })

  it('that is refused says why', async () => {
    refuse = 'NotAllowedError'
    const { own, seen } = make()
    expect(await own.shareScreen()).toBe('denied')
    expect([seen.screenStream, screens.length]).toEqual([null, 0])
  })

  it('is not offered where the browser has none', () => {
    expect(canShareScreen()).toBe(true)
    vi.stubGlobal('navigator', {})
    expect(canShareScreen()).toBe(false)
  })
})
