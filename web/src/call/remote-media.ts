/** What one other participant sends, each name in one stream that outlives reloads, so that the last picture stays until the next. */
import type { SentName } from './channels'
import type { RemoteMedia, TrackName } from './transport'

const FACE: SentName = { name: 'face', audio: true, video: true, weak: false, mids: [] }

export class RemoteParticipant {
  private readonly streams = new Map<TrackName, MediaStream>()
  private sent: readonly SentName[] = [FACE]
  /** Tracks of this attempt by their line; which name a line has may be told before or after the track comes. */
  private readonly lines = new Map<string, MediaStreamTrack>()

  constructor(
    private readonly participant: string,
    private readonly changed: () => void,
  ) {}

  addFace(track: MediaStreamTrack): void {
    this.put('face', track)
    this.changed()
  }

  addLine(mid: string, track: MediaStreamTrack): void {
    this.lines.set(mid, track)
    this.sort()
  }

  /** A new attempt numbers its lines anew. */
  forgetLines(): void {
    this.lines.clear()
    this.sent = this.sent.filter(({ name }) => name === 'face')
  }

  /** The other page says what it is sending: a switched-off camera still sends (black) frames. */
  setSent(sent: readonly SentName[]): void {
    this.sent = sent
    this.sort()
  }

  view(): RemoteMedia[] {
    const sent = this.sent.some(({ name }) => name === 'face') ? this.sent : [FACE, ...this.sent]
    return sent
      .map((one) => this.viewOf(one))
      .filter(({ name, audio, video }) => name === 'face' || audio || video)
  }

  private viewOf({ name, audio, video, weak, paused }: SentName): RemoteMedia {
    const stream = this.stream(name)
    const { participant } = this
    return {
      participant,
      name,
      stream,
      audio: audio && flows(stream, 'audio'),
      video: video && flows(stream, 'video'),
      weak,
      paused: paused ?? null,
    }
  }

  private sort(): void {
    for (const { name, mids } of this.sent)
      for (const mid of mids) {
        const track = this.lines.get(mid)
        if (track !== undefined && name !== 'face') this.put(name, track)
      }
    this.changed()
  }

  private put(name: TrackName, track: MediaStreamTrack): void {
    const stream = this.stream(name)
    if (stream.getTracks().includes(track)) return
    for (const old of stream.getTracks()) if (old.kind === track.kind) stream.removeTrack(old)
    stream.addTrack(track)
    for (const event of ['mute', 'unmute']) track.addEventListener(event, this.changed)
  }

  private stream(name: TrackName): MediaStream {
    const known = this.streams.get(name) ?? new MediaStream()
    this.streams.set(name, known)
    return known
  }
}

function flows(stream: MediaStream, kind: string): boolean {
  return stream.getTracks().some((one) => one.kind === kind && one.readyState === 'live' && !one.muted)
}
