/** The frame that a video shows now, as a picture of the track's full size, and the sizes of pictures. */
export interface Still {
  readonly blob: Blob
  readonly width: number
  readonly height: number
}

/** JPEG quality; the server writes pictures anew, so a little more than is kept. */
const QUALITY = 0.92

/** Null while the video shows nothing yet. */
export async function stillOf(video: HTMLVideoElement): Promise<Still | null> {
  const { videoWidth: width, videoHeight: height } = video
  if (width === 0 || height === 0) return null
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  canvas.getContext('2d')?.drawImage(video, 0, 0)
  const blob = await new Promise<Blob | null>((done) => {
    canvas.toBlob(done, 'image/jpeg', QUALITY)
  })
  return blob === null ? null : { blob, width, height }
}

/** An upright picture with its size in pixels; null for what the browser cannot show. */
export async function imageOf(blob: Blob): Promise<HTMLImageElement | null> {
  const url = URL.createObjectURL(blob)
  const image = new Image()
  try {
    await new Promise((done, failed) => {
      image.onload = done
      image.onerror = failed
      image.src = url
    })
    return image
  } catch {
    return null
  } finally {
    URL.revokeObjectURL(url)
  }
}
