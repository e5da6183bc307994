/** Real tracks of which a test knows what they show, and looking at what arrives. */
const PICTURE = { width: 320, height: 240 }
/** Colours as the codec leaves them: which of the three parts are strong. */
const STRONG = 100

export function picture(colour: string): MediaStreamTrack {
  const canvas = Object.assign(document.createElement('canvas'), PICTURE)
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('no canvas')
  const draw = (): void => {
    context.fillStyle = colour
    context.fillRect(0, 0, canvas.width, canvas.height)
  }
  draw()
  const track = canvas.captureStream(10).getVideoTracks()[0]
  if (track === undefined) throw new Error('no track')
  const timer = setInterval(() => {
    if (track.readyState === 'ended') clearInterval(timer)
    draw()
  }, 100)
  return track
}

let context: AudioContext | null = null

/** A low tone. */
export function sound(): MediaStreamTrack {
  context ??= new AudioContext()
  const tone = context.createOscillator()
  const out = context.createMediaStreamDestination()
  tone.connect(out)
  tone.start()
  const track = out.stream.getAudioTracks()[0]
  if (track === undefined) throw new Error('no track')
  return track
}

export const silence = (): MediaStream => new MediaStream()

const NAMES: Readonly<Record<string, string>> = {
  '100': 'red',
  '001': 'blue',
  '010': 'lime',
  '101': 'fuchsia',
  '110': 'yellow',
}
const screens = new Map<MediaStream, HTMLVideoElement>()

/** Height and colour of the newest frame of a stream; a stream has one element, as on a page. */
export async function sizeOf(stream: MediaStream): Promise<{ height: number; colour: string | null }> {
  let video = screens.get(stream)
  if (video === undefined) {
    video = Object.assign(document.createElement('video'), { autoplay: true, playsInline: true })
    video.srcObject = stream
    document.body.append(video)
    screens.set(stream, video)
  }
  await video.play().catch(() => undefined)
  if (video.videoHeight === 0) return { height: 0, colour: null }
  const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 })
  const paper = canvas.getContext('2d')
  paper?.drawImage(video, 0, 0, 1, 1)
  const parts = [...(paper?.getImageData(0, 0, 1, 1).data ?? [])].slice(0, 3)
  const colour = NAMES[parts.map((part) => (part > STRONG ? '1' : '0')).join('')] ?? null
  return { height: video.videoHeight, colour }
}

export function forgetScreens(): void {
  for (const video of screens.values()) {
    video.srcObject = null
    video.remove()
  }
  screens.clear()
}

const LOOK_EVERY_MS = 50
const PATIENCE_MS = 20_000

/** Waits for what another part of the browser brings about. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not in ${String(PATIENCE_MS / 1000)} s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}
