import { describe, expect, it } from 'vitest'
import { lie, placeAt, PLAIN, pointOf, turnedOn, WHOLE, zoomed, type Look } from './geometry'

const BOX = { width: 390, height: 844 }
const PICTURE = { width: 1280, height: 720 }
const looks: Look[] = [0, 90, 180, 270].flatMap((turn) =>
  [100, 250, 800].flatMap((zoom) => [
    { turn, zoom, x: 5000, y: 5000 },
    { turn, zoom, x: 0, y: WHOLE },
    { turn, zoom, x: 7321, y: 1234 },
  ]),
)

describe('lie', () => {
  it('shows all of a picture, or fills the box with it', () => {
    expect(lie(BOX, PICTURE, PLAIN, 'contain')).toMatchObject({ width: 390, height: 219.375 })
    expect(lie(BOX, PICTURE, PLAIN, 'cover').height).toBe(844)
    const turned = lie(BOX, PICTURE, { ...PLAIN, turn: 90 }, 'contain')
    expect(turned.height).toBe(390)
    expect(turned.width).toBeCloseTo(693.33)
  })

  it('leaves no gap at the edges of an enlarged picture', () => {
    for (const look of looks.filter(({ zoom }) => zoom === 800)) {
      const lying = lie(BOX, PICTURE, look, 'contain')
      const corners = [
        { x: 0, y: 0 },
        { x: WHOLE, y: WHOLE },
      ].map((place) => pointOf(lying, place))
      const xs = corners.map(({ x }) => x)
      const ys = corners.map(({ y }) => y)
      expect(Math.min(...xs)).toBeLessThanOrEqual(0.001)
      expect(Math.max(...xs)).toBeGreaterThanOrEqual(BOX.width - 0.001)
      expect(Math.min(...ys)).toBeLessThanOrEqual(0.001)
      expect(Math.max(...ys)).toBeGreaterThanOrEqual(BOX.height - 0.001)
    }
  })
})

describe('places', () => {
  it('are found again at every turn, zoom and fit', () => {
    for (const look of looks)
      for (const fit of ['contain', 'cover'] as const) {
        const lying = lie(BOX, PICTURE, look, fit)
        for (const place of [
          { x: 0, y: 0 },
          { x: 2500, y: 7500 },
          { x: WHOLE, y: 1 },
        ])
          expect(placeAt(lying, pointOf(lying, place))).toEqual(place)
      }
  })

  it('outside of the picture are none', () => {
    const lying = lie(BOX, PICTURE, PLAIN, 'contain')
    expect(placeAt(lying, { x: 195, y: 10 })).toBeNull()
    expect(placeAt(lying, { x: 195, y: 422 })).toEqual({ x: 5000, y: 5000 })
  })
})

describe('zoomed', () => {
  it('keeps the place under the finger, within what is allowed', () => {
    const around = { x: 6000, y: 4000 }
    const before = lie(BOX, PICTURE, { ...PLAIN, zoom: 300 }, 'contain')
    const look = zoomed({ ...PLAIN, zoom: 300 }, 1.5, around)
    const after = lie(BOX, PICTURE, look, 'contain')
    expect(Math.abs(pointOf(after, around).x - pointOf(before, around).x)).toBeLessThan(1)
    expect(zoomed(look, 100, around).zoom).toBe(800)
    expect(zoomed(look, 0.01, around)).toEqual(PLAIN)
  })

  it('turns around and comes back', () => {
    let look = PLAIN
    for (let quarter = 0; quarter < 4; quarter += 1) look = turnedOn(look)
    expect(look).toEqual(PLAIN)
  })
})
