import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeStream, FakeTrack } from './fakes'
import { chosen } from './choice'
import { canShareScreen, nothingOpen, NO_MEDIA, OwnMedia, type OwnMediaView } from './own-media'
import type { LocalMedia, Paused } from './transport'

let opened: FakeTrack[]
let asked: MediaStreamConstraints[]
let faces: LocalMedia[]
let screens: (LocalMedia | null)[]
let refuse: string | null

let pauses: (Paused | null)[]
/** Kinds that cannot be opened for now, and why. */
let failing: Partial<Record<'audio' | 'video', string>>
let plug: EventTarget
let made: OwnMedia[]

function make(): { own: OwnMedia; seen: OwnMediaView } {
  const seen = nothingOpen()
  const own = new OwnMedia(seen, {
    onFace: (local) => faces.push(local),
    onScreen: (screen) => screens.push(screen),
    onPaused: (paused) => pauses.push(paused),
  })
  made.push(own)
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
  pauses = []
  failing = {}
  made = []
  plug = new EventTarget()
  localStorage.clear()
  vi.stubGlobal('MediaStream', FakeStream)
  vi.stubGlobal('navigator', {
    mediaDevices: Object.assign(plug, {
      getUserMedia: (wish: MediaStreamConstraints) => {
        asked.push(wish)
        const name = (['audio', 'video'] as const).map((kind) => wish[kind] && failing[kind]).find(Boolean)
        if (name) return Promise.reject(Object.assign(new Error('no'), { name }))
        return Promise.resolve(open((['audio', 'video'] as const).filter((kind) => wish[kind] !== undefined)))
      },
      getDisplayMedia: () =>
        refuse === null
          ? Promise.resolve(open(['video']))
          : Promise.reject(Object.assign(new Error('no'), { name: refuse })),
    }),
  })
})
afterEach(() => {
  for (const own of made) own.close()
  vi.unstubAllGlobals()
})
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

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

  it('one that is pulled out is said to be missing while none takes its place, and the rest goes on', async () => {
    const { own, seen } = make()
    await own.open()
    failing = { video: 'NotFoundError' }
    opened[1]?.dispatchEvent(new Event('ended'))
    expect(seen.local.video).toBeNull()
    await settled()
    expect(seen.devices).toEqual({ microphone: 'ok', camera: 'missing' })
    expect(seen.local).toMatchObject({ audio: opened[0], video: null })
    expect(faces).toEqual([seen.local])
    failing = {}
    plug.dispatchEvent(new Event('devicechange'))
    await settled()
    expect(seen.devices.camera).toBe('ok')
    expect(seen.local.video).toBe(opened[2])
    expect(seen.fellBack).toBeNull()
  })

  it('one that is pulled out gives way to another, which is said', async () => {
    const { own, seen } = make()
    await own.open()
    await own.choose('microphone', 'headset')
    opened[opened.length - 1]?.dispatchEvent(new Event('ended'))
    // nothing is missing while another one may take its place: a page would put its help over the call
    expect(seen.devices.microphone).toBe('ok')
    await settled()
    expect(asked[asked.length - 1]?.audio).not.toHaveProperty('deviceId')
    expect(seen.fellBack).toEqual({ device: 'microphone', label: '' })
    expect(faces.map(({ audio }) => audio)).toEqual([opened[2], null, opened[3]])
    expect(seen.local.video).toBe(opened[1])
    expect(chosen().microphone).toBe('headset') // it is taken again when it is back next time
  })

  it('one that was taken back says so', async () => {
    const { own, seen } = make()
    await own.open()
    failing = { audio: 'NotAllowedError' }
    opened[0]?.dispatchEvent(new Event('ended'))
    await settled()
    expect(seen.devices.microphone).toBe('denied')
  })

  it('are exchanged one by one, and remembered', async () => {
    const { own, seen } = make()
    await own.open()
    const [voice, picture] = [seen.local.audio, seen.local.video]
    expect(await own.choose('camera', 'c2')).toBeNull()
    expect(asked[asked.length - 1]).toMatchObject({ video: { deviceId: { exact: 'c2' } } })
    expect(asked[asked.length - 1]).not.toHaveProperty('audio')
    expect(seen.local.audio).toBe(voice)
    expect([picture?.readyState, voice?.readyState]).toEqual(['ended', 'live'])
    own.chooseSpeaker('s2')
    expect(chosen()).toEqual({ camera: 'c2', speaker: 's2' })
    expect(seen.speaker).toBe('s2')
  })

  it('keep what was there when the other one does not open', async () => {
    const { own, seen } = make()
    await own.open()
    failing = { audio: 'NotReadableError' }
    expect(await own.choose('microphone', 'm2')).toBe('busy')
    expect(seen.local.audio).toBe(opened[0])
    expect(opened[0]?.readyState).toBe('live')
    expect(chosen()).toEqual({})
  })

  it('that the system takes are told of until they are given back', async () => {
    const { own, seen } = make()
    await own.open()
    for (const muted of [true, false]) {
      if (opened[0]) opened[0].muted = muted
      opened[0]?.dispatchEvent(new Event(muted ? 'mute' : 'unmute'))
      expect(seen.paused).toBe(muted ? 'system' : null)
    }
    expect(pauses).toEqual(['system', null])
  })

  it('of a phone whose page is in the background are told of', async () => {
    const { own } = make()
    await own.open()
    vi.stubGlobal('matchMedia', () => ({ matches: true }))
    const hidden = vi.spyOn(document, 'hidden', 'get')
    for (const now of [true, false]) {
      hidden.mockReturnValue(now)
      document.dispatchEvent(new Event('visibilitychange'))
    }
    hidden.mockRestore()
    expect(pauses).toEqual(['away', null])
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
  it('is covered at once, and another one is seen', async () => {
    const { own, seen } = make()
    await own.shareScreen()
    const track = seen.screenStream?.getVideoTracks()[0]
    own.coverScreen(true)
    expect([track?.enabled, seen.screenCovered]).toEqual([false, true])
    own.coverScreen(false)
    expect([track?.enabled, seen.screenCovered]).toEqual([true, false])
    own.coverScreen(true)
    own.stopScreen()
    expect(seen.screenCovered).toBe(false)
    own.coverScreen(true)
    expect(seen.screenCovered).toBe(false)
  })

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
