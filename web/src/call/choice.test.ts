import { afterEach, describe, expect, it, vi } from 'vitest'
import { choose, chosen, setVoiceOnly, usualChoice } from './choice'
import { listDevices } from './device-list'

afterEach(() => {
  localStorage.clear()
  sessionStorage.clear()
  vi.unstubAllGlobals()
})

describe('the choice of this browser', () => {
  it('is kept by kind, and taken back by an empty one', () => {
    expect(usualChoice()).toEqual({ audio: true, video: true })
    choose('camera', 'c1')
    choose('microphone', 'm1')
    choose('speaker', 's1')
    expect(usualChoice()).toEqual({ audio: true, video: true, cameraId: 'c1', microphoneId: 'm1' })
    choose('camera', '')
    expect(chosen()).toEqual({ microphone: 'm1', speaker: 's1' })
  })
  it('is passed over when something else has written there', () => {
    localStorage.setItem('cw:devices', '{"camera":7,"microphone":""}')
    expect(chosen()).toEqual({})
    localStorage.setItem('cw:devices', '"x"')
    expect(chosen()).toEqual({})
  })
  it('of the voice alone holds for this visit', () => {
    setVoiceOnly(true)
    expect(usualChoice().video).toBe(false)
    setVoiceOnly(false)
    expect(usualChoice().video).toBe(true)
  })
})

describe('listDevices', () => {
  it('leaves out the default’s other names and what is not allowed yet', async () => {
    const one = (kind: string, deviceId: string, label = deviceId): object => ({ kind, deviceId, label })
    vi.stubGlobal('navigator', {
      mediaDevices: {
        enumerateDevices: () =>
          Promise.resolve([
            one('audioinput', 'default'),
            one('audioinput', 'm1'),
            one('audioinput', 'm2'),
            one('videoinput', ''),
            one('audiooutput', 'communications'),
            one('audiooutput', 's1'),
          ]),
      },
    })
    const found = await listDevices()
    expect(found.microphone.map(({ id }) => id)).toEqual(['m1', 'm2'])
    expect([found.camera, found.speaker.map(({ id }) => id)]).toEqual([[], ['s1']])
  })
  it('is empty where nothing can be listed', async () => {
    vi.stubGlobal('navigator', {})
    expect(await listDevices()).toEqual({ camera: [], microphone: [], speaker: [] })
  })
})
