/** Reading of WebRTC statistics, reduced to what a call needs. */
import type { MediaStats } from './transport'

/** Sums of one connection; `packets` and `lost` let the caller form the loss of an interval. */
export interface LinkSums {
  bytes: number
  frames: number
  energy: number
  packets: number
  lost: number
  freezes: number
  frozenSeconds: number
  roundTripMs: number | null
  /** Percent of what we send that the other side misses; its worst kind speaks. */
  sentLoss: number | null
  availableKbps: number | null
  relay: boolean
}

export const NO_SUMS: LinkSums = {
  bytes: 0,
  frames: 0,
  energy: 0,
  packets: 0,
  lost: 0,
  freezes: 0,
  frozenSeconds: 0,
  roundTripMs: null,
  sentLoss: null,
  availableKbps: null,
  relay: false,
}

type Entry = Record<string, unknown>

const number = (value: unknown): number => (typeof value === 'number' ? value : 0)

/**
 * Sums what one connection has received. When the other side sends no media at all (no device), the transport's own bytes
 * (its keep-alives) stand in, since the line is then as good as it can be; not before the two have agreed on keys, since
 * what comes earlier only looks for a path.
 */
export function sumReport(report: RTCStatsReport): LinkSums {
  const sums = { ...NO_SUMS }
  let transportBytes = 0
  let inbound = 0
  report.forEach((entry: Entry) => {
    if (entry.type === 'inbound-rtp') {
      inbound += 1
      addInbound(sums, entry)
    }
    if (entry.type === 'transport' && entry.dtlsState === 'connected')
      transportBytes += number(entry.bytesReceived)
    if (entry.type === 'candidate-pair' && entry.nominated === true) {
      readPath(sums, entry)
      sums.relay = isRelayed(report, entry)
    }
    if (entry.type === 'remote-inbound-rtp' && typeof entry.fractionLost === 'number')
      sums.sentLoss = Math.max(sums.sentLoss ?? 0, 100 * entry.fractionLost)
  })
  if (inbound === 0) sums.bytes = transportBytes
  return sums
}

function addInbound(sums: LinkSums, entry: Entry): void {
  sums.bytes += number(entry.bytesReceived)
  sums.packets += number(entry.packetsReceived)
  sums.lost += Math.max(0, number(entry.packetsLost))
  if (entry.kind === 'video') {
    sums.frames += number(entry.framesDecoded)
    sums.freezes += number(entry.freezeCount)
    sums.frozenSeconds += number(entry.totalFreezesDuration)
  } else sums.energy += number(entry.totalAudioEnergy)
}

/** Whether one end of a path is a relay (WebRTC statistics §8.17: `candidateType`). */
function isRelayed(report: RTCStatsReport, pair: Entry): boolean {
  return [pair.localCandidateId, pair.remoteCandidateId].some(
    (id) => typeof id === 'string' && (report.get(id) as Entry | undefined)?.candidateType === 'relay',
  )
}

function readPath(sums: LinkSums, entry: Entry): void {
  if (typeof entry.currentRoundTripTime === 'number')
    sums.roundTripMs = Math.round(entry.currentRoundTripTime * 1000)
  if (typeof entry.availableOutgoingBitrate === 'number')
    sums.availableKbps = Math.round(entry.availableOutgoingBitrate / 1000)
}

export function addSums(a: LinkSums, b: LinkSums): LinkSums {
  return {
    bytes: a.bytes + b.bytes,
    frames: a.frames + b.frames,
    energy: a.energy + b.energy,
    packets: a.packets + b.packets,
    lost: a.lost + b.lost,
    freezes: a.freezes + b.freezes,
    frozenSeconds: a.frozenSeconds + b.frozenSeconds,
    roundTripMs: b.roundTripMs ?? a.roundTripMs,
    sentLoss: worse(a.sentLoss, b.sentLoss, Math.max),
    availableKbps: worse(a.availableKbps, b.availableKbps, Math.min),
    relay: a.relay || b.relay,
  }
}

function worse(a: number | null, b: number | null, pick: (...values: number[]) => number): number | null {
  return a === null ? b : b === null ? a : pick(a, b)
}

/** Loss between two readings in percent, null when nothing arrived in between. */
export function lossBetween(before: LinkSums, now: LinkSums): number | null {
  const lost = Math.max(0, now.lost - before.lost)
  const all = Math.max(0, now.packets - before.packets) + lost
  return all === 0 ? null : (100 * lost) / all
}

export type Quality = 'good' | 'fair' | 'poor'

/** What a person would call the line: talk gets hard above 300 ms or 5 %, and breaks above 600 ms or 12 %. */
export function qualityOf(stats: Pick<MediaStats, 'roundTripMs' | 'lossPercent'>): Quality | null {
  if (stats.roundTripMs === null) return null
  const loss = stats.lossPercent ?? 0
  if (stats.roundTripMs > 600 || loss > 12) return 'poor'
  return stats.roundTripMs > 300 || loss > 5 ? 'fair' : 'good'
}
