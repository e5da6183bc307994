/** What one connection sends: the face's two tracks first, then a document camera and a screen, told apart by their lines. */
import { NO_LIMIT, type LocalMedia, type SendLimit, type TrackName } from './transport'

/**
 * Lines of a face's first picture. Browsers begin to send at some 300 kbit/s: the first frame of a large picture is dropped
 * or takes seconds at that, on this machine 60 ms more than a small one.
 */
export const FIRST_HEIGHT = 360

type Kind = 'audio' | 'video'
const KINDS: readonly Kind[] = ['audio', 'video']
type Beside = Exclude<TrackName, 'face'>

export class Senders {
  private readonly beside = new Map<string, RTCRtpTransceiver>()
  private face: LocalMedia = { audio: null, video: null }
  private allowed: SendLimit = NO_LIMIT
  private small = true

  constructor(private readonly connection: RTCPeerConnection) {}

  addFace(local: LocalMedia, limit: SendLimit): void {
    this.face = local
    this.allowed = limit
    const stream = new MediaStream()
    for (const kind of KINDS) {
      const track = this.wanted(kind)
      if (track !== null) this.connection.addTrack(track, stream)
    }
    this.applyLimit()
  }

  /** The first picture has come: from now on it is as large as allowed. */
  grow(): void {
    if (!this.small) return
    this.small = false
    this.applyLimit()
  }

  /** An offerer asks for what it cannot send itself; an answerer need not, and such a transceiver would match no line. */
  askForAllKinds(): void {
    for (const kind of KINDS)
      if (this.faceLine(kind) === undefined) this.connection.addTransceiver(kind, { direction: 'recvonly' })
  }

  /** Sends other tracks of the face; resolves when they are in place. Renegotiation, if needed, follows by itself. */
  async replaceFace(local: LocalMedia): Promise<void> {
    this.face = local
    for (const kind of KINDS) await this.putFace(kind)
    this.applyLimit()
  }

  async limit(limit: SendLimit): Promise<void> {
    const before = this.allowed.video
    this.allowed = limit
    if (limit.video !== before) await this.putFace('video')
    this.applyLimit()
  }

  /** Only once both sides have agreed: the first two lines are the face's. Lines are kept for the next time. */
  async publish(name: Beside, media: LocalMedia | null): Promise<void> {
    for (const kind of KINDS) {
      const track = media?.[kind] ?? null
      const line = this.beside.get(`${name} ${kind}`)
      if (line !== undefined) await line.sender.replaceTrack(track)
      else if (track !== null)
        this.beside.set(`${name} ${kind}`, this.connection.addTransceiver(track, { direction: 'sendonly' }))
    }
  }

  /** The lines of the description that carry a name; empty until they are agreed upon. */
  linesOf(name: Beside): string[] {
    return KINDS.map((kind) => this.beside.get(`${name} ${kind}`)?.mid ?? null).filter((mid) => mid !== null)
  }

  isFace(line: RTCRtpTransceiver): boolean {
    return line === this.faceLine(line.receiver.track.kind)
  }

  private wanted(kind: Kind): MediaStreamTrack | null {
    return kind === 'video' && !this.allowed.video ? null : this.face[kind]
  }

  private faceLine(kind: string): RTCRtpTransceiver | undefined {
    const beside = new Set(this.beside.values())
    return this.connection
      .getTransceivers()
      .find(
        (one) => one.receiver.track.kind === kind && !beside.has(one) && one.currentDirection !== 'stopped',
      )
  }

  private async putFace(kind: Kind): Promise<void> {
    const track = this.wanted(kind)
    const line = this.faceLine(kind)
    if (line === undefined) {
      if (track !== null) this.connection.addTrack(track, new MediaStream())
      return
    }
    if (line.sender.track === track) return
    await line.sender.replaceTrack(track)
    if (track !== null && line.direction === 'recvonly') line.direction = 'sendrecv'
  }

  /** A browser that cannot limit what it sends (none of ours is known to) sends as it likes. */
  private applyLimit(): void {
    const sender = this.faceLine('video')?.sender
    const track = sender?.track ?? null
    if (sender === undefined || track === null) return
    const parameters = sender.getParameters()
    const encoding = (parameters.encodings as RTCRtpEncodingParameters[] | undefined)?.[0]
    if (encoding === undefined) return
    const { width = 0, height = 0 } = track.getSettings()
    encoding.maxBitrate = this.allowed.kbps * 1000
    // A phone held upright has more lines than columns: the shorter side is what people call 720p.
    const lines = this.small ? Math.min(this.allowed.height, FIRST_HEIGHT) : this.allowed.height
    encoding.scaleResolutionDownBy = Math.max(1, Math.min(width, height) / lines)
    sender.setParameters(parameters).catch(() => undefined)
  }
}
