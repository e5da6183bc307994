/** The built-in transport's world: pages of one browser, signalling handed from one to the other as a server would. */
import { PeerToPeerTransport } from '@/call/peer-to-peer'
import type { IncomingSignal, Signalling } from '@/call/signalling'
import type { LocalMedia, Peer } from '@/call/transport'
import type { Guest, World } from './contract'

const NOTHING: LocalMedia = { audio: null, video: null }

interface Page {
  readonly transport: PeerToPeerTransport
  readonly attempt: number
  readonly hear: Set<(signal: IncomingSignal) => void>
  readonly reopen: Set<() => void>
}

export class Mesh implements World {
  private readonly pages = new Map<string, Page>()
  private up = true

  join(id: string, media: LocalMedia = NOTHING): Guest {
    const hear = new Set<(signal: IncomingSignal) => void>()
    const reopen = new Set<() => void>()
    const attempt = (this.pages.get(id)?.attempt ?? 0) + 1
    const transport = new PeerToPeerTransport({ signalling: this.signalling(id, hear, reopen) })
    const page = { transport, attempt, hear, reopen }
    this.pages.set(id, page)
    const seat = { call: 'call', participant: id, attempt, iceServers: [], relayOnly: false }
    transport.start(seat, this.others(id), media)
    for (const [other, { transport: told }] of this.pages) if (other !== id) told.setPeers(this.others(other))
    const leave = (): void => {
      transport.stop()
    }
    return {
      id,
      transport,
      leave,
      part: () => {
        leave()
        this.pages.delete(id)
        for (const [other, { transport: told }] of this.pages) told.setPeers(this.others(other))
      },
      again: (next) => {
        leave()
        return this.join(id, next)
      },
    }
  }

  line(up: boolean): void {
    this.up = up
    if (up)
      for (const { reopen } of this.pages.values())
        reopen.forEach((handler) => {
          handler()
        })
  }

  end(): void {
    for (const { transport } of this.pages.values()) transport.stop()
  }

  private others(id: string): Peer[] {
    return [...this.pages]
      .filter(([one]) => one !== id)
      .map(([one, { attempt }]) => ({ id: one, attempt, essential: !one.startsWith('guest') }))
  }

  private signalling(
    id: string,
    hear: Set<(signal: IncomingSignal) => void>,
    reopen: Set<() => void>,
  ): Signalling {
    return {
      send: ({ to, ...signal }) => {
        if (!this.up) return
        setTimeout(() => {
          this.pages.get(to)?.hear.forEach((handler) => {
            handler({ ...signal, from: id })
          })
        }, 1)
      },
      report: () => undefined,
      onSignal: (handler) => {
        hear.add(handler)
        return () => hear.delete(handler)
      },
      onReopen: (handler) => {
        reopen.add(handler)
        return () => reopen.delete(handler)
      },
    }
  }
}
