import { describe, expect, it } from 'vitest'
import { piecesOf, PIECE, sizeOfJpeg, STILL_LIMIT, StillReader } from './stills'

/** Header of a JPEG of that size: start, a table to skip, frame; then filling. */
function jpeg(width = 320, height = 240, length = 9000): Uint8Array {
  const bytes = new Uint8Array(length).fill(7)
  bytes.set([0xff, 0xd8, 0xff, 0xdb, 0, 4, 1, 1, 0xff, 0xc0, 0, 17, 8])
  bytes.set([height >> 8, height & 255, width >> 8, width & 255], 13)
  return bytes
}
const heard = (bytes: Uint8Array, number = 1, from = 'citizen') =>
  piecesOf(bytes, number).map(({ topic, body }) => ({ topic, body, from }))
/** What a reader shows of messages that come one a second. */
function shown(messages: { topic: string; body: string; from: string }[]): Uint8Array[] {
  let now = 0
  const reader = new StillReader(() => (now += 1000))
  return messages.map((one) => reader.read(one)).filter((one) => one !== null)
}

describe('stills', () => {
  it('come whole from pieces, each short', () => {
    const pieces = heard(jpeg())
    expect(pieces.length).toBe(3)
    expect(pieces.every(({ body }) => body.length <= PIECE + 16)).toBe(true)
    expect(shown(pieces)).toEqual([jpeg()])
  })

  it('of two people do not mix', () => {
    const [a, b] = [heard(jpeg(100, 100), 1, 'a'), heard(jpeg(200, 200), 1, 'b')]
    expect(shown(a.flatMap((one, index) => [one, b[index] ?? one]))).toEqual([jpeg(100, 100), jpeg(200, 200)])
  })

  it('are nothing when a piece is missing, twice, or of another picture', () => {
    const [first, second, third] = heard(jpeg())
    const other = heard(jpeg(), 2)[2]
    if (!first || !second || !third || !other) throw new Error('three pieces')
    for (const broken of [
      [first, third],
      [second, third],
      [first, second, second, third],
      [first, second, other],
    ])
      expect(shown(broken)).toEqual([])
    expect(shown([first, second, first, second, third])).toEqual([jpeg()])
  })

  it('must be small JPEGs: no other bytes, none too heavy, none that claims to be large', () => {
    expect(shown(heard(new TextEncoder().encode('<svg onload=alert(1)>'.repeat(9))))).toEqual([])
    expect(shown(heard(jpeg(320, 240, STILL_LIMIT)))).toHaveLength(1)
    expect(shown(heard(jpeg(320, 240, STILL_LIMIT + 1)))).toEqual([])
    expect(shown(heard(jpeg(321, 240)))).toEqual([])
    expect(shown(heard(jpeg(60_000, 60_000)))).toEqual([])
    expect(sizeOfJpeg(jpeg(12, 34))).toEqual({ width: 12, height: 34 })
    expect(sizeOfJpeg(jpeg().slice(0, 10))).toBeNull()
    expect(sizeOfJpeg(new Uint8Array())).toBeNull()
  })

  it('are not read from bodies of another form', () => {
    for (const body of [
      '',
      '1/0/1/',
      '1/0/99/AAAA',
      '1/1/1/AAAA',
      '1/0/0/AAAA',
      '-1/0/1/AAAA',
      '1/0/1/<b>',
      'x'.repeat(9000),
    ])
      expect(shown([{ topic: 'still', body, from: 'a' }])).toEqual([])
    expect(shown(heard(jpeg()).map((one) => ({ ...one, topic: 'other' })))).toEqual([])
  })

  it('are drawn once a second at most', () => {
    let now = 0
    const reader = new StillReader(() => now)
    const read = (number: number) =>
      heard(jpeg(), number)
        .map((one) => reader.read(one))
        .filter(Boolean).length
    expect(read(1)).toBe(1)
    now = 999
    expect(read(2)).toBe(0)
    now = 1000
    expect(read(3)).toBe(1)
  })
})
