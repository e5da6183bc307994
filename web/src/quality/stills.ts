/**
 * Stills on a line that carries no video: a small JPEG every few seconds, over the words between pages, in pieces so that
 * no word waits long behind one. The other page is not trusted: a piece that does not fit, bytes that are no small JPEG,
 * and more pictures than one a second are not drawn.
 */
import type { HeardMessage, Message } from '@/call'

/**
 * Every five seconds at most 16 kB: 35 kbit/s at worst, about as much as the voice needs, and a usual face of 6 kB is a
 * third of it. More often would take from the voice, more seldom is no picture of somebody who holds up a paper.
 */
export const STILL_EVERY_MS = 5000
/** Bytes of one picture. */
export const STILL_LIMIT = 16_000
/** Longest side of one picture in pixels. */
export const STILL_SIDE = 320
/** Characters of one piece: on 50 kbit/s a word waits two thirds of a second behind it. */
export const PIECE = 4000
export const TOPIC = 'still'

const MOST_PIECES = Math.ceil((STILL_LIMIT * 4) / 3 / PIECE)
const HEARD_EVERY_MS = 1000
const BODY = /^(\d{1,9})\/(\d{1,2})\/(\d{1,2})\/([A-Za-z0-9+/=]{1,4000})$/

/** The messages of one picture. `number` tells one picture's pieces from another's. */
export function piecesOf(jpeg: Uint8Array, number: number): Message[] {
  const text = btoa(String.fromCharCode(...jpeg))
  const count = Math.ceil(text.length / PIECE)
  return Array.from({ length: count }, (_, index) => ({
    topic: TOPIC,
    body: [number, index, count, text.slice(index * PIECE, (index + 1) * PIECE)].join('/'),
  }))
}

interface Begun {
  number: string
  count: number
  parts: string[]
}

/** Puts the pieces of each participant together again. */
export class StillReader {
  private readonly begun = new Map<string, Begun>()
  private readonly heardAt = new Map<string, number>()

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** The whole picture with its last piece, else null. */
  read({ from, topic, body }: HeardMessage): Uint8Array<ArrayBuffer> | null {
    const match = topic === TOPIC ? BODY.exec(body) : null
    if (match === null) return null
    const [, number = '', index, count, part = ''] = match
    const text = this.add(from, { number, index: Number(index), count: Number(count), part })
    if (text === null || !this.mayDraw(from)) return null
    return smallJpeg(text)
  }

  private add(
    from: string,
    piece: { number: string; index: number; count: number; part: string },
  ): string | null {
    const { number, index, count, part } = piece
    if (count < 1 || count > MOST_PIECES || index >= count) return null
    const known = this.begun.get(from)
    const begun = index === 0 ? { number, count, parts: [] } : known
    // Words come in order, so a piece out of turn belongs to nothing.
    if (begun?.number !== number || begun.count !== count || begun.parts.length !== index) {
      this.begun.delete(from)
      return null
    }
    begun.parts.push(part)
    this.begun.set(from, begun)
    if (begun.parts.length < count) return null
    this.begun.delete(from)
    return begun.parts.join('')
  }

  private mayDraw(from: string): boolean {
    const now = this.now()
    if (now - (this.heardAt.get(from) ?? Number.NEGATIVE_INFINITY) < HEARD_EVERY_MS) return false
    this.heardAt.set(from, now)
    return true
  }
}

function smallJpeg(text: string): Uint8Array<ArrayBuffer> | null {
  let bytes: Uint8Array<ArrayBuffer>
  try {
    bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0))
  } catch {
    return null
  }
  const size = bytes.length > STILL_LIMIT ? null : sizeOfJpeg(bytes)
  return size !== null && size.width <= STILL_SIDE && size.height <= STILL_SIDE ? bytes : null
}

/**
 * Width and height as the header says (ITU-T T.81 §B.2.2), null when it is no JPEG: a few bytes can claim a picture whose
 * drawing takes all memory.
 */
export function sizeOfJpeg(bytes: Uint8Array): { width: number; height: number } | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return null
  let at = 2
  while (at + 9 <= bytes.length) {
    const marker = view.getUint16(at)
    if (marker < 0xffc0) return null
    if (isFrame(marker)) {
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)]
      return width > 0 && height > 0 ? { width, height } : null
    }
    at += 2 + view.getUint16(at + 2)
  }
  return null
}

/** SOF0–SOF15, but for the tables that have numbers among them (DHT, JPG, DAC). */
function isFrame(marker: number): boolean {
  return marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)
}
