/** Our own devices during a call: opened once, exchanged while talking, a screen beside the face; what is there is in the view. */
import { closeDevices, openDevices, problemOf, type DeviceChoice, type DeviceState } from './devices'
import type { LocalMedia } from './transport'

export interface OwnMediaView {
  local: LocalMedia
  localStream: MediaStream | null
  /** The screen that we share, for the own small picture. */
  screenStream: MediaStream | null
  microphoneOn: boolean
  cameraOn: boolean
  devices: { microphone: DeviceState; camera: DeviceState }
}

export const NO_MEDIA: LocalMedia = { audio: null, video: null }
const BOTH: DeviceChoice = { audio: true, video: true }

export interface OwnMediaEvents {
  /** Other tracks of the face. */
  onFace(local: LocalMedia): void
  onScreen(screen: LocalMedia | null): void
}

export class OwnMedia {
  private opening: Promise<void> | null = null
  private choice: DeviceChoice = BOTH
  private closed = false
  private on = { microphone: true, camera: true }

  constructor(
    private readonly view: OwnMediaView,
    private readonly events: OwnMediaEvents,
  ) {}

  /** Opens camera and microphone once; a second call waits for the first. What failed is in `view.devices`. */
  open(choice: DeviceChoice = BOTH): Promise<void> {
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
      this.events.onScreen({ audio: null, video: track })
      return null
    } catch (error) {
      return problemOf(error)
    }
  }

  stopScreen(): void {
    const stream = this.view.screenStream
    if (stream === null) return
    this.view.screenStream = null
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
    this.stopScreen()
    closeDevices(this.view.local)
  }

  private take(media: LocalMedia, devices: OwnMediaView['devices']): void {
    this.view.local = { audio: media.audio, video: media.video }
    this.view.localStream = media.video === null ? null : new MediaStream([media.video])
    this.view.devices = devices
    this.watch(media)
    this.apply()
  }

  /** A device that is pulled out, or taken by a phone call, ends its track: the page says so and the rest goes on. */
  private watch(media: LocalMedia): void {
    for (const kind of ['audio', 'video'] as const)
      media[kind]?.addEventListener('ended', () => {
        if (this.closed || this.view.local[kind] !== media[kind]) return
        const device = kind === 'audio' ? 'microphone' : 'camera'
        this.take({ ...this.view.local, [kind]: null }, { ...this.view.devices, [device]: 'missing' })
        this.events.onFace(this.view.local)
      })
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
