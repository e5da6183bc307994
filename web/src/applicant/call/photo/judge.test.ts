import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { greyOf, judge, SHARP, sharpness, shine, SHINE, type Grey } from './judge'

/** A picture of a paper on a table as a camera gives it, made smaller: PGM (binary), packed. */
function sample(name: string): Grey {
  const bytes = gunzipSync(readFileSync(`src/applicant/call/photo/samples/${name}.pgm.gz`))
  const [head = '', width, height] =
    /^P5\n(\d+) (\d+)\n255\n/.exec(String.fromCharCode(...bytes.subarray(0, 40))) ?? []
  const data = new Uint8Array(bytes.subarray(head.length))
  return { width: Number(width), height: Number(height), data }
}

test.each(['card', 'sheet'] as const)('a sharp %s passes, a blurred one does not', (kind) => {
  const [sharp, blurred] = [sample(`${kind}-sharp`), sample(`${kind}-blurred`)]
  expect(sharp.data).toHaveLength(sharp.width * sharp.height)
  expect(judge(sharp, kind)).toEqual([])
  expect(judge(blurred, kind)).toEqual(['blurred'])
  // well apart, so that another camera's noise does not decide
  expect(sharpness(sharp)).toBeGreaterThan(SHARP * 1.5)
  expect(sharpness(blurred)).toBeLessThan(SHARP / 1.5)
})

test('a lamp on a card is seen', () => {
  const glare = sample('card-glare')
  expect(judge(glare, 'card')).toContain('glare')
  expect(shine(glare)).toBeGreaterThan(SHINE.card * 1.5)
  expect(shine(sample('card-sharp'))).toBeLessThan(SHINE.card / 1.5)
})

test('a white sheet in the light is no glare', () => {
  const { data, ...size } = sample('sheet-sharp')
  const bright = { ...size, data: data.map((one, at) => (at % 5 === 0 ? 255 : one)) }
  expect(judge(bright, 'sheet')).not.toContain('glare')
  expect(judge(bright, 'card')).toContain('glare')
})

test('grey is what an eye sees of a colour', () => {
  const data = new Uint8ClampedArray([255, 255, 255, 255, 255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255])
  const grey = greyOf({ data, width: 2, height: 2 })
  expect([...grey.data]).toEqual([255, 76, 149, 29])
})

test('nothing to see is blurred and never an error', () => {
  expect(judge({ width: 2, height: 2, data: new Uint8Array(4) }, 'card')).toEqual(['blurred'])
})
