/** What travels over the line, both ways, whatever carries it. */
import type { IncomingSignal, MediaReport, OutgoingSignal } from '@/call/signalling'

/** One committed change: applying it to a state document is `state[event] = data`; null means that the thing is gone. */
export interface StreamEvent {
  readonly type: 'event'
  readonly stream: string
  readonly seq: number
  readonly event: string
  readonly data: unknown
}

export type FromServer =
  | { readonly type: 'welcome'; readonly server_time: string; readonly heartbeat_seconds: number }
  | StreamEvent
  | { readonly type: 'reset'; readonly stream: string; readonly seq: number }
  | { readonly type: 'hint'; readonly key: string }
  | { readonly type: 'signed_out' }
  | { readonly type: 'pong' }
  | ({ readonly type: 'signal' } & IncomingSignal)

export type ToServer =
  | { readonly type: 'hello'; readonly tab: string; readonly after: Readonly<Record<string, number>> }
  | { readonly type: 'ping' }
  | { readonly type: 'watch'; readonly keys: readonly string[] }
  | ({ readonly type: 'signal' } & OutgoingSignal)
  | ({ readonly type: 'media' } & MediaReport)
