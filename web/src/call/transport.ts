/**
 * What a face knows about media: one interface, whatever carries it (peer to peer now, an SFU later).
 *
 * Life of a transport: `prepare` (optional) → `start` once → any number of `setPeers`, `replace`, `setMicrophone`,
 * `setCamera` → `stop` once. Nothing throws after `stop`; every method is then without effect.
 */

/** Names of what a participant sends. Cameras and screens are told apart by name, never by order. */
export type TrackName = 'face' | 'document' | 'screen'

/** Own devices as tracks; null means that this kind is not sent (denied, missing, switched away). */
export interface LocalMedia {
  readonly audio: MediaStreamTrack | null
  readonly video: MediaStreamTrack | null
}

/**
 * One named bundle of tracks of one other participant. `stream` stays the same object while tracks come and go; `audio`
 * and `video` say whether the kind is being sent (false: no device, muted, camera switched off).
 */
export interface RemoteMedia {
  readonly participant: string
  readonly name: TrackName
  readonly stream: MediaStream
  readonly audio: boolean
  readonly video: boolean
}

/**
 * - `connecting`: nothing has flowed yet
 * - `connected`: packets of the other side arrive
 * - `interrupted`: they did and have stopped; recovery is tried without being asked
 * - `failed`: recovery has not worked so far (it is still tried when the network changes)
 */
export type TransportState = 'connecting' | 'connected' | 'interrupted' | 'failed'

/** Sums since the transport started; audio energy in the unit of WebRTC's `totalAudioEnergy` (1 = full scale for 1 s). */
export interface MediaStats {
  readonly ice: RTCIceConnectionState
  readonly bytesReceived: number
  readonly framesDecoded: number
  readonly audioEnergy: number
  /** Round trip of the path in use, in milliseconds; null before it is known. */
  readonly roundTripMs: number | null
  /** Share of packets lost since the last reading, 0–100; null before it is known. */
  readonly lossPercent: number | null
}

/** Another participant, and which of its page loads (attempts) is the live one. Attempt 0 has never joined. */
export interface Peer {
  readonly id: string
  readonly attempt: number
}

/** Who we are in this call, as `POST /api/calls/{id}/join` answered. */
export interface Seat {
  readonly call: string
  readonly participant: string
  readonly attempt: number
  readonly polite: boolean
  readonly iceServers: readonly RTCIceServer[]
}

export interface TransportEvents {
  state: TransportState
  remote: readonly RemoteMedia[]
  stats: MediaStats
}

export interface CallTransport {
  readonly state: TransportState
  readonly remote: readonly RemoteMedia[]
  /**
   * Does whatever can be done before the seat is known, so that `start` reaches the first frame sooner. `speakFirst`: we
   * expect to join after the other side, which lets the offer be made and its candidates gathered ahead of time.
   */
  prepare(local: LocalMedia, speakFirst: boolean): void
  /** Takes the seat and connects to every peer that has joined. The later one to join makes the first offer. */
  start(seat: Seat, peers: readonly Peer[], local: LocalMedia): void
  /** Peers as the state document lists them; a grown attempt means that the peer reloaded. */
  setPeers(peers: readonly Peer[]): void
  /** Mutes or unmutes without renegotiation. */
  setMicrophone(on: boolean): void
  setCamera(on: boolean): void
  /** Sends other devices from now on; renegotiates only when a kind appears that was not sent before. */
  replace(local: LocalMedia): void
  on<K extends keyof TransportEvents>(event: K, handler: (value: TransportEvents[K]) => void): () => void
  stop(): void
}
