/**
 * What a face knows about media: one interface, whatever carries it (peer to peer now, an SFU later).
 *
 * Life of a transport: `prepare` (optional) → `start` once → any number of the other methods → `stop` once. Nothing throws
 * after `stop`; every method is then without effect. `web/contract` holds what every transport must do, run on real media.
 */

/** Names of what a participant sends. Cameras and screens are told apart by name, never by order. */
export type TrackName = 'face' | 'document' | 'screen'

/** Own devices as tracks; null means that this kind is not sent (denied, missing, switched away). */
export interface LocalMedia {
  readonly audio: MediaStreamTrack | null
  readonly video: MediaStreamTrack | null
}

/**
 * Why one's own devices give nothing for now and will again by themselves: the page is in the background (`away`), or the
 * system has taken them, which is what a phone call does.
 */
export type Paused = 'away' | 'system'

/**
 * One named bundle of tracks of one other participant. `stream` stays the same object while tracks come and go; `audio`
 * and `video` say whether the kind is being sent (false: no device, muted, camera switched off). `weak`: the picture is
 * held back because the line of the one who sends it is weak; `paused`: they cannot send it for now. A face is listed as soon as its participant is heard of,
 * a document camera or a screen only while it is sent.
 */
export interface RemoteMedia {
  readonly participant: string
  readonly name: TrackName
  readonly stream: MediaStream
  readonly audio: boolean
  readonly video: boolean
  readonly weak: boolean
  readonly paused: Paused | null
}

/**
 * Words between the pages of a call that need no server: pointers, strokes while they are drawn, a picture's zoom. They
 * reach whoever is connected now and are kept for nobody; what must last goes over HTTP as well. `lossy` ones may be lost
 * and overtake each other, which is right for a pointer.
 */
export interface Message {
  /** 1–20 letters and dots. */
  readonly topic: string
  /** At most `MESSAGE_LIMIT` characters. */
  readonly body: string
  readonly lossy?: boolean
}

export interface HeardMessage {
  readonly from: string
  readonly topic: string
  readonly body: string
}

/** Characters of one message's body. */
export const MESSAGE_LIMIT = 48_000
/** Messages of one participant that are heard in a second; what is above is dropped, so that nobody can drown a page. */
export const MESSAGES_PER_SECOND = 200

/** How much of the own face's picture may be sent. `video` false sends none, and tells the others that the line is weak. */
export interface SendLimit {
  readonly video: boolean
  /** Lines of the picture, for instance 720; the camera's own when it has fewer. */
  readonly height: number
  readonly kbps: number
}

export const NO_LIMIT: SendLimit = { video: true, height: 720, kbps: 1500 }

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
  /** The same for what we send, as the others tell us. */
  readonly sentLossPercent: number | null
  /** What the browser believes it can send, in kbit/s; null where it does not say. */
  readonly availableKbps: number | null
  /** Times that a picture stood still, and for how long in all; zero where the browser does not count. */
  readonly freezes: number
  readonly frozenSeconds: number
  /** The path in use goes over a relay. */
  readonly relay: boolean
}

/** Another participant, and which of its page loads (attempts) is the live one. Attempt 0 has never joined. */
export interface Peer {
  readonly id: string
  readonly attempt: number
  /** False: the call goes on without it, so that its path does not count in `state` and in the `ice` of the statistics. */
  readonly essential?: boolean
}

/** Who we are in this call, as `POST /api/calls/{id}/join` answered. */
export interface Seat {
  readonly call: string
  readonly participant: string
  readonly attempt: number
  readonly iceServers: readonly RTCIceServer[]
  /** Only over a relay: where a network forbids direct paths, or an address must not be shown. */
  readonly relayOnly: boolean
}

export interface TransportEvents {
  state: TransportState
  remote: readonly RemoteMedia[]
  stats: MediaStats
  message: HeardMessage
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
  /** Peers as the state document lists them; a grown attempt means a reload, one no longer listed has left. */
  setPeers(peers: readonly Peer[]): void
  /** Mutes or unmutes without renegotiation. */
  setMicrophone(on: boolean): void
  setCamera(on: boolean): void
  /** Tells the others why nothing comes from our devices, or (null) that it does again. */
  setPaused(paused: Paused | null): void
  /** Sends other devices from now on; renegotiates only when a kind appears that was not sent before. */
  replace(local: LocalMedia): void
  /** Sends a document camera or a screen beside the face, other tracks of it, or (null) no longer. */
  publish(name: Exclude<TrackName, 'face'>, media: LocalMedia | null): void
  limit(limit: SendLimit): void
  /** To everyone who is connected now. One that breaks the limits is not sent. */
  say(message: Message): void
  on<K extends keyof TransportEvents>(event: K, handler: (value: TransportEvents[K]) => void): () => void
  stop(): void
}
