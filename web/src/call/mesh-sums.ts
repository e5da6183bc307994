/** Sums over all links of a mesh that never shrink, whoever of the peers reloads: the server would take less for silence. */
import { isUp } from './peer-link'
import { addSums, lossBetween, NO_SUMS, sumReport, type LinkSums } from './stats'
import type { MediaStats, Peer } from './transport'

export class MeshSums {
  private past: LinkSums = NO_SUMS
  private last: LinkSums = NO_SUMS

  /** A link is gone; what it has brought stays. */
  keep(): void {
    this.past = { ...this.last, roundTripMs: null, sentLoss: null, availableKbps: null, relay: false }
  }

  /** Of `essential` connections the worst speaks for the call; of the others there is none where these are none. */
  async read(
    connections: readonly RTCPeerConnection[],
    essential: readonly RTCPeerConnection[] = connections,
  ): Promise<MediaStats> {
    let sums = this.past
    for (const connection of connections) sums = addSums(sums, sumReport(await connection.getStats()))
    const lossPercent = lossBetween(this.last, sums)
    this.last = sums
    return {
      ice: worst((essential.length > 0 ? essential : connections).map((one) => one.iceConnectionState)),
      bytesReceived: sums.bytes,
      framesDecoded: sums.frames,
      audioEnergy: sums.energy,
      roundTripMs: sums.roundTripMs,
      lossPercent,
      sentLossPercent: sums.sentLoss,
      availableKbps: sums.availableKbps,
      freezes: sums.freezes,
      frozenSeconds: sums.frozenSeconds,
      relay: sums.relay,
    }
  }
}

/** The worst path speaks for the call. */
function worst(states: readonly RTCIceConnectionState[]): RTCIceConnectionState {
  return states.find((one) => one === 'failed') ?? states.find((one) => !isUp(one)) ?? states[0] ?? 'new'
}

/** Those whose path counts. */
export function essentialOf(peers: readonly Peer[]): ReadonlySet<string> {
  return new Set(peers.filter(({ essential }) => essential !== false).map(({ id }) => id))
}
