/** Camera and microphone: opening them with a cause for every failure, and levels for a bar. */
import type { LocalMedia } from './transport'

/**
 * Why a device could not be opened: `denied` by the person, `system` (the phone or computer does not let the browser have
 * it), `policy` of the page around ours, `missing` from the computer, `busy` in another program, `insecure` page (no HTTPS:
 * the browser offers no devices), `no-media` (a browser inside an app that has none), `overconstrained` (the chosen one is
 * gone).
 */
export type DeviceProblem =
  | 'denied'
  | 'system'
  | 'policy'
  | 'missing'
  | 'busy'
  | 'insecure'
  | 'no-media'
  | 'overconstrained'
  | 'unknown'
export type DeviceState = 'ok' | 'unasked' | 'off' | DeviceProblem

export interface OpenedMedia extends LocalMedia {
  readonly microphone: DeviceState
  readonly camera: DeviceState
}

export interface DeviceChoice {
  readonly audio: boolean
  readonly video: boolean
  readonly microphoneId?: string
  readonly cameraId?: string
  /** Front or rear camera, where none is chosen by its identity. The front one shows the person. */
  readonly facing?: 'user' | 'environment'
}

/** 720p is what a face needs; more only costs the phone's battery. All are wishes, none is a condition. */
const PICTURE: MediaTrackConstraints = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 25, max: 30 },
}
const SOUND: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true }

const NAMES: Readonly<Record<string, DeviceProblem>> = {
  NotAllowedError: 'denied',
  PermissionDeniedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'missing',
  DevicesNotFoundError: 'missing',
  NotReadableError: 'busy',
  TrackStartError: 'busy',
  AbortError: 'busy',
  OverconstrainedError: 'overconstrained',
  TypeError: 'insecure',
}

export function problemOf(error: unknown): DeviceProblem {
  if (typeof error !== 'object' || error === null) return 'unknown'
  const { name = '', message = '' } = error as { name?: string; message?: string }
  // Chromium has one name for both; only its sentence says who refused.
  if (name === 'NotAllowedError' && /by system/i.test(message)) return 'system'
  return NAMES[name] ?? 'unknown'
}

/** Whether the page around ours, or our server, withholds the device from this page; false where that cannot be asked. */
function isWithheld(kind: 'audio' | 'video'): boolean {
  const policy = (document as { featurePolicy?: { allowsFeature(name: string): boolean } }).featurePolicy
  return policy?.allowsFeature(kind === 'audio' ? 'microphone' : 'camera') === false
}

/**
 * Opens what is asked for. One question to the person when both are wanted; when that fails, each by itself, so that a
 * refused or broken camera leaves the voice. Never throws: what is not there is null, and `camera`/`microphone` say why.
 */
export async function openDevices(choice: DeviceChoice): Promise<OpenedMedia> {
  const media = devices()
  if (media === null) return nothing(choice, window.isSecureContext ? 'no-media' : 'insecure')
  if (choice.audio && choice.video) {
    try {
      const stream = await media.getUserMedia({ audio: sound(choice), video: picture(choice) })
      return opened(stream.getAudioTracks()[0] ?? null, stream.getVideoTracks()[0] ?? null)
    } catch {
      // told apart below, one device at a time
    }
  }
  const microphone = choice.audio ? await openOne(media, 'audio', choice) : 'off'
  const camera = choice.video ? await openOne(media, 'video', choice) : 'off'
  return {
    audio: typeof microphone === 'string' ? null : microphone,
    video: typeof camera === 'string' ? null : camera,
    microphone: typeof microphone === 'string' ? microphone : 'ok',
    camera: typeof camera === 'string' ? camera : 'ok',
  }
}

/** Lets go of the devices: the lamp beside the camera goes out. */
export function closeDevices(media: LocalMedia): void {
  media.audio?.stop()
  media.video?.stop()
}

/** Whether the browser would give the device without asking; null where it does not tell. */
export async function permissionOf(kind: 'camera' | 'microphone'): Promise<PermissionState | null> {
  try {
    return (await navigator.permissions.query({ name: kind as PermissionName })).state
  } catch {
    return null
  }
}

async function openOne(
  media: MediaDevices,
  kind: 'audio' | 'video',
  choice: DeviceChoice,
): Promise<MediaStreamTrack | DeviceProblem> {
  const wish = kind === 'audio' ? sound(choice) : picture(choice)
  const first = await attempt(media, kind, wish)
  // The remembered device was unplugged, or the camera knows none of our sizes: any will do.
  return first === 'overconstrained' ? attempt(media, kind, true) : first
}

async function attempt(
  media: MediaDevices,
  kind: 'audio' | 'video',
  wish: MediaTrackConstraints | boolean,
): Promise<MediaStreamTrack | DeviceProblem> {
  try {
    const stream = await media.getUserMedia({ [kind]: wish })
    return stream.getTracks()[0] ?? 'missing'
  } catch (error) {
    const problem = problemOf(error)
    return problem === 'denied' && isWithheld(kind) ? 'policy' : problem
  }
}

function opened(audio: MediaStreamTrack | null, video: MediaStreamTrack | null): OpenedMedia {
  return {
    audio,
    video,
    microphone: audio === null ? 'missing' : 'ok',
    camera: video === null ? 'missing' : 'ok',
  }
}

function nothing(choice: DeviceChoice, problem: DeviceProblem): OpenedMedia {
  return {
    audio: null,
    video: null,
    microphone: choice.audio ? problem : 'off',
    camera: choice.video ? problem : 'off',
  }
}

const sound = (choice: DeviceChoice): MediaTrackConstraints =>
  choice.microphoneId === undefined ? SOUND : { ...SOUND, deviceId: { exact: choice.microphoneId } }
const picture = (choice: DeviceChoice): MediaTrackConstraints =>
  choice.cameraId === undefined
    ? { ...PICTURE, facingMode: choice.facing ?? 'user' }
    : { ...PICTURE, deviceId: { exact: choice.cameraId } }

/** The browser's devices, or null on a page that is not secure (the property is then absent, whatever the types say). */
function devices(): MediaDevices | null {
  return (navigator as { mediaDevices?: MediaDevices }).mediaDevices ?? null
}

export interface Level {
  /** Loudness now, 0…1; 0 while the browser still waits for a first click. */
  read(): number
  close(): void
}

/** Measures how loud a track is. The context is made quiet: nothing is played. */
export function createLevel(track: MediaStreamTrack): Level {
  const context = new AudioContext()
  const analyser = context.createAnalyser()
  analyser.fftSize = 512
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  void context.resume().catch(() => undefined)
  return {
    read: () => {
      analyser.getFloatTimeDomainData(samples)
      return loudness(samples)
    },
    close: () => {
      void context.close().catch(() => undefined)
    },
  }
}

/** Root mean square on a decibel scale: −60 dB and less is 0, −6 dB and more is 1. */
export function loudness(samples: Float32Array): number {
  let sum = 0
  for (const sample of samples) sum += sample * sample
  const level = 20 * Math.log10(Math.sqrt(sum / Math.max(1, samples.length)) + 1e-9)
  return Math.min(1, Math.max(0, (level + 60) / 54))
}
