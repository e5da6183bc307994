/** Taking a photo with what the browser has: the camera's own full size, else the track's largest, else the camera app. */
import type { components } from '@/api/schema'
import { imageOf, stillOf } from '@/stage/still'
import { greyOf, judge, LOOKED_AT, type Flaw, type Frame } from './judge'

export type Way = components['schemas']['PhotoTaken']['way']
export interface Taken {
  readonly blob: Blob
  readonly way: Way
  /** Upright, in pixels; null where this browser cannot show the picture. */
  readonly width: number | null
  readonly height: number | null
  readonly flaws: readonly Flaw[]
}
/** MediaStream Image Capture; not in every browser, nor in TypeScript's own library. */
interface Camera {
  takePhoto(): Promise<Blob>
}
type CameraOf = new (track: MediaStreamTrack) => Camera

/** A camera that has not answered for so long will not, in milliseconds. */
const CAMERA_MS = 6000
/** A camera starts anew in its other size within so long, or not at all, in milliseconds. */
const LARGER_MS = 4000

/** Null when no picture came: then the camera app is what is left. */
export async function takePhoto(
  track: MediaStreamTrack,
  video: HTMLVideoElement,
  frame: Frame,
): Promise<Taken | null> {
  const blob = await fromCamera(track)
  const taken = blob === null ? null : await looked(blob, 'image_capture', frame)
  if (taken !== null) return taken
  const still = await atLargest(track, video)
  return still === null ? null : looked(still, 'track', frame)
}

/** A file that the person chose, or took with the camera app. What cannot be shown here the server refuses with a reason. */
export async function chosen(file: Blob, way: Way, frame: Frame): Promise<Taken> {
  return (await looked(file, way, frame)) ?? { blob: file, way, width: null, height: null, flaws: [] }
}

async function fromCamera(track: MediaStreamTrack): Promise<Blob | null> {
  const Capture = (window as { ImageCapture?: CameraOf }).ImageCapture
  if (Capture === undefined) return null
  try {
    return await Promise.race([new Capture(track).takePhoto(), after(CAMERA_MS)])
  } catch {
    return null // some cameras give frames only
  }
}

async function atLargest(track: MediaStreamTrack, video: HTMLVideoElement): Promise<Blob | null> {
  const before = track.getConstraints()
  // Older browsers do not tell what a camera can.
  const most = (track as Partial<MediaStreamTrack>).getCapabilities?.call(track)
  const [width, height] = [most?.width?.max, most?.height?.max]
  if (width === undefined || height === undefined || Math.max(width, height) <= longer(video))
    return (await stillOf(video))?.blob ?? null
  try {
    const grown = larger(video, longer(video))
    await track.applyConstraints({ ...before, width: { ideal: width }, height: { ideal: height } })
    await Promise.race([grown, after(LARGER_MS)])
    return (await stillOf(video))?.blob ?? null
  } catch {
    return (await stillOf(video))?.blob ?? null
  } finally {
    // The call goes on at its own size.
    await track.applyConstraints(before).catch(() => undefined)
  }
}

const longer = (video: HTMLVideoElement): number => Math.max(video.videoWidth, video.videoHeight)
const larger = (video: HTMLVideoElement, than: number): Promise<void> =>
  new Promise((done) => {
    video.addEventListener('resize', function look() {
      if (longer(video) <= than) return
      video.removeEventListener('resize', look)
      done()
    })
  })
const after = (milliseconds: number): Promise<null> =>
  new Promise((done) => {
    setTimeout(() => {
      done(null)
    }, milliseconds)
  })

async function looked(blob: Blob, way: Way, frame: Frame): Promise<Taken | null> {
  const image = await imageOf(blob)
  if (image === null || image.naturalWidth === 0) return null
  const { naturalWidth: width, naturalHeight: height } = image
  const scale = Math.min(1, LOOKED_AT / Math.max(width, height))
  const small = {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  }
  const paper = Object.assign(document.createElement('canvas'), small).getContext('2d')
  if (paper === null) return { blob, way, width, height, flaws: [] }
  paper.drawImage(image, 0, 0, small.width, small.height)
  const pixels = paper.getImageData(0, 0, small.width, small.height)
  return { blob, way, width, height, flaws: judge(greyOf(pixels), frame) }
}
