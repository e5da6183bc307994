/** Our own devices during a call: opened once, exchanged while talking, a screen beside the face; what is there is in the view. */
import { choose, chosen, setVoiceOnly, usualChoice } from './choice'
import { onDevicesChange } from './device-list'
import { closeDevices, openDevices, problemOf, type DeviceChoice, type DeviceState } from './devices'
import type { LocalMedia, Paused } from './transport'

export type OwnDevice = 'camera' | 'microphone'

export interface OwnMediaView {
  local: LocalMedia
  localStream: MediaStream | null
  /** The screen that we share, for the own small picture. */
  screenStream: MediaStream | null
  /** Our screen is covered: nothing of it is sent until it is shown again. */
  screenCovered: boolean
  microphoneOn: boolean
  cameraOn: boolean
  devices: Readonly<Record<OwnDevice, DeviceState>>
  /** Our devices give nothing for now, and will again by themselves. */
  paused: Paused | null
  /** A device was pulled out and another one has taken its place; null once that is acknowledged. */
  fellBack: { readonly device: OwnDevice; readonly label: string } | null
  /** The chosen speaker; empty for the browser's own. */
  speaker: string
}

export const NO_MEDIA: LocalMedia = { audio: null, video: null }

export const nothingOpen = (): OwnMediaView => ({
  local: NO_MEDIA,
  localStream: null,
  screenStream: null,
  screenCovered: false,
  microphoneOn: true,
  cameraOn: true,
  devices: { microphone: 'unasked', camera: 'unasked' },
  paused: null,
  fellBack: null,
  speaker: chosen().speaker ?? '',
})
/** What may come back when something is plugged in, or another program lets go. */
const MAY_COME_BACK: readonly DeviceState[] = ['missing', 'busy']
const KIND = { camera: 'video', microphone: 'audio' } as const

export interface OwnMediaEvents {
  /** Other tracks of the face. */
  onFace(local: LocalMedia): void
  onScreen(screen: LocalMedia | null): void
  onPaused(paused: Paused | null): void
}

export class OwnMedia {
  private opening: Promise<void> | null = null
  private choice: DeviceChoice = { audio: true, video: true }
  private closed = false
  private on = { microphone: true, camera: true }
  private readonly watched = new WeakSet<MediaStreamTrack>()
  private readonly undo: (() => void)[]

  constructor(
    private readonly view: OwnMediaView,
    private readonly events: OwnMediaEvents,
  ) {
    const seen = (): void => {
      this.readPause()
      if (!document.hidden) this.tryAgain()
    }
    document.addEventListener('visibilitychange', seen)
    this.undo = [
      () => {
        document.removeEventListener('visibilitychange', seen)
      },
      onDevicesChange(() => {
        this.tryAgain()
      }),
    ]
  }

  /** Opens camera and microphone once; a second call waits for the first. What failed is in `view.devices`. */
  open(choice: DeviceChoice = usualChoice()): Promise<void> {
    this.opening ??= openDevices(choice).then((media) => {
      if (this.closed) {
        closeDevices(media)
        return
      }
      this.choice = choice
      this.take(media, { microphone: media.microphone, camera: media.camera })
    })
    return this.opening
  }

  /**
   * Opens what is chosen in place of what is open: other devices, or the same ones after the person has allowed them. Many
   * phones give only one camera at a time, so a camera that is exchanged is let go of first.
   */
  async reopen(choice: DeviceChoice = this.choice): Promise<void> {
    await this.opening
    const old = this.view.local
    if (choice.video && isOtherCamera(choice, this.choice)) old.video?.stop()
    this.opening = null
    await this.open(choice)
    for (const track of [old.audio, old.video])
      if (track !== this.view.local.audio && track !== this.view.local.video) track?.stop()
    if (!this.closed) this.events.onFace(this.view.local)
  }

  /**
   * Opens another device of one kind while the other kind goes on, and remembers it; an empty id takes the choice back. One
   * that does not open leaves what was there. Returns why not, or null.
   */
  async choose(device: OwnDevice, id: string): Promise<DeviceState | null> {
    await this.opening
    const before = this.choice
    const wanted = withId(before, device, id)
    // many phones give only one camera at a time
    if (device === 'camera') this.view.local.video?.stop()
    const problem = await this.put(device, wanted)
    if (problem !== null) {
      if (device === 'camera') await this.put(device, before)
      return problem
    }
    choose(device, id)
    if (device === 'camera') setVoiceOnly(false)
    this.choice = { ...wanted, [KIND[device]]: true }
    return null
  }

  chooseSpeaker(id: string): void {
    choose('speaker', id)
    this.view.speaker = id
  }

  /** Front and rear camera of a phone. */
  async turnCamera(): Promise<void> {
    const facing = this.choice.facing === 'environment' ? 'user' : 'environment'
    const { audio, video, microphoneId } = this.choice
    await this.reopen({ audio, video, facing, ...(microphoneId === undefined ? {} : { microphoneId }) })
  }

  /**
   * Shares a screen until the person stops it, here or in the browser's own bar. Returns why not, or null; a person who
   * changed their mind (`denied`) needs no message.
   */
  async shareScreen(): Promise<DeviceState | null> {
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: 10 }, audio: false })
      const track = stream.getVideoTracks()[0]
      if (track === undefined) return 'missing'
      // Words on a screen must stay sharp; they may move less smoothly.
      track.contentHint = 'detail'
      track.addEventListener('ended', () => {
        if (this.view.screenStream === stream) this.stopScreen()
      })
      this.view.screenStream = stream
      this.view.screenCovered = false
      this.events.onScreen({ audio: null, video: track })
      return null
    } catch (error) {
      return problemOf(error)
    }
  }

  /** Lets nobody see the screen for a while, or shows it again; a browser sends black frames of a track that is off. */
  coverScreen(covered: boolean): void {
    const stream = this.view.screenStream
    if (stream === null) return
    stream.getVideoTracks().forEach((track) => {
      track.enabled = !covered
    })
    this.view.screenCovered = covered
  }

  stopScreen(): void {
    const stream = this.view.screenStream
    if (stream === null) return
    this.view.screenStream = null
    this.view.screenCovered = false
    stream.getTracks().forEach((track) => {
      track.stop()
    })
    this.events.onScreen(null)
  }

  /** What is sent holds for every track that comes. */
  apply(on: { microphone: boolean; camera: boolean } = this.on): void {
    this.on = on
    if (this.view.local.audio !== null) this.view.local.audio.enabled = on.microphone
    if (this.view.local.video !== null) this.view.local.video.enabled = on.camera
  }

  /** Lets go of everything; it may be opened again. */
  release(): void {
    this.stopScreen()
    closeDevices(this.view.local)
    this.opening = null
    this.take(NO_MEDIA, { microphone: 'unasked', camera: 'unasked' })
  }

  /** The page goes away. */
  close(): void {
    this.closed = true
    for (const undo of this.undo) undo()
    this.stopScreen()
    closeDevices(this.view.local)
  }

  private take(media: LocalMedia, devices: OwnMediaView['devices']): void {
    this.view.local = { audio: media.audio, video: media.video }
    this.view.localStream = media.video === null ? null : new MediaStream([media.video])
    this.view.devices = devices
    this.watch('microphone', media.audio)
    this.watch('camera', media.video)
    this.readPause()
    this.apply()
  }

  /** Puts a device of one kind in place of what is there; returns why that did not work, or null. */
  private async put(device: OwnDevice, choice: DeviceChoice): Promise<DeviceState | null> {
    const video = device === 'camera'
    const media = await openDevices({ ...choice, audio: !video, video })
    const track = media[KIND[device]]
    if (track === null) return media[device]
    if (this.closed) {
      closeDevices(media)
      return null
    }
    this.view.local[KIND[device]]?.stop()
    this.view.fellBack = null
    this.take({ ...this.view.local, [KIND[device]]: track }, { ...this.view.devices, [device]: 'ok' })
    this.events.onFace(this.view.local)
    return null
  }

  private watch(device: OwnDevice, track: MediaStreamTrack | null): void {
    if (track === null || this.watched.has(track)) return
    this.watched.add(track)
    track.addEventListener('ended', () => void this.lose(device, track))
    for (const event of ['mute', 'unmute'])
      track.addEventListener(event, () => {
        this.readPause()
      })
  }

  /** Pulled out, or taken back: the rest goes on, another device of the kind is tried, and what came of it is said. */
  private async lose(device: OwnDevice, track: MediaStreamTrack): Promise<void> {
    if (this.closed || this.view.local[KIND[device]] !== track) return
    this.take({ ...this.view.local, [KIND[device]]: null }, this.view.devices)
    this.events.onFace(this.view.local)
    const problem = await this.put(device, withId(this.choice, device, ''))
    const other = this.view.local[KIND[device]]
    if (problem === null && other !== null) this.view.fellBack = { device, label: other.label }
    else if (problem !== null) this.view.devices = { ...this.view.devices, [device]: problem }
  }

  private tryAgain(): void {
    for (const device of ['microphone', 'camera'] as const)
      if (MAY_COME_BACK.includes(this.view.devices[device]) && !this.closed)
        void this.put(device, this.choice)
  }

  /** A phone stops the camera of a page in the background, whether it says so or not. */
  private readPause(): void {
    const muted = [this.view.local.audio, this.view.local.video].some((track) => track?.muted === true)
    const away = document.hidden && window.matchMedia('(pointer: coarse)').matches
    const paused = document.hidden && (muted || away) ? 'away' : muted ? 'system' : null
    if (paused === this.view.paused) return
    this.view.paused = paused
    this.events.onPaused(paused)
  }
}

/** Phones cannot share their screen from a browser, though some offer the call for it. */
export function canShareScreen(): boolean {
  if (window.matchMedia('(pointer: coarse)').matches) return false
  return typeof (navigator.mediaDevices as Partial<MediaDevices> | undefined)?.getDisplayMedia === 'function'
}

function isOtherCamera(a: DeviceChoice, b: DeviceChoice): boolean {
  return a.cameraId !== b.cameraId || a.facing !== b.facing
}

/** A choice by identity takes the place of front or rear. */
function withId(choice: DeviceChoice, device: OwnDevice, id: string): DeviceChoice {
  const { cameraId, facing, microphoneId, ...rest } = choice
  const camera = cameraId === undefined ? {} : { cameraId }
  const side = facing === undefined ? {} : { facing }
  const microphone = microphoneId === undefined ? {} : { microphoneId }
  if (device === 'camera') return { ...rest, ...microphone, ...(id !== '' && { cameraId: id }) }
  return { ...rest, ...camera, ...side, ...(id !== '' && { microphoneId: id }) }
}
