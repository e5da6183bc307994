/** Takes stills of a stream: small enough to send, or none at all. */
import { STILL_LIMIT, STILL_SIDE } from './stills'

/** Tried in turn until the picture is small enough; below the last one faces are unreadable. */
const QUALITIES = [0.6, 0.4, 0.25]

export class Grabber {
  private readonly video = Object.assign(document.createElement('video'), { muted: true, playsInline: true })
  private readonly canvas = document.createElement('canvas')

  async grab(stream: MediaStream): Promise<Uint8Array | null> {
    const { video, canvas } = this
    if (video.srcObject !== stream) video.srcObject = stream
    await video.play().catch(() => undefined)
    const [width, height] = [video.videoWidth, video.videoHeight]
    const paper = canvas.getContext('2d')
    if (width === 0 || height === 0 || paper === null) return null
    const scale = Math.min(1, STILL_SIDE / Math.max(width, height))
    canvas.width = Math.max(1, Math.floor(width * scale))
    canvas.height = Math.max(1, Math.floor(height * scale))
    paper.drawImage(video, 0, 0, canvas.width, canvas.height)
    for (const quality of QUALITIES) {
      const jpeg = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', quality))
      if (jpeg !== null && jpeg.size <= STILL_LIMIT) return new Uint8Array(await jpeg.arrayBuffer())
    }
    return null
  }

  release(): void {
    this.video.srcObject = null
  }
}
