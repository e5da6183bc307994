/** What one other participant sends, kept in one stream object across its reloads, so that the last picture stays until the next. */
import type { RemoteMedia } from './transport'

export class RemoteFace {
  private readonly stream = new MediaStream()
  private sending = { audio: true, video: true }

  constructor(
    private readonly participant: string,
    private readonly changed: () => void,
  ) {}

  add(track: MediaStreamTrack): void {
    for (const old of this.stream.getTracks()) {
      if (old.kind === track.kind && old.id !== track.id) this.stream.removeTrack(old)
    }
    this.stream.addTrack(track)
    track.addEventListener('mute', this.changed)
    track.addEventListener('unmute', this.changed)
    this.changed()
  }

  /** The other page says what it is sending: a switched-off camera still sends (black) frames. */
  setSending(sending: { audio: boolean; video: boolean }): void {
    this.sending = sending
    this.changed()
  }

  view(): RemoteMedia {
    return {
      participant: this.participant,
      name: 'face',
      stream: this.stream,
      audio: this.sending.audio && this.flows('audio'),
      video: this.sending.video && this.flows('video'),
    }
  }

  private flows(kind: string): boolean {
    return this.stream
      .getTracks()
      .some((track) => track.kind === kind && track.readyState === 'live' && !track.muted)
  }
}
