/** Strokes as shapes: thinned out while they are drawn, and drawn the same at every size. */
import { WHOLE, type Point, type Size } from './geometry'

export type Tool = 'pen' | 'highlighter' | 'arrow' | 'box'
export type Colour = 'red' | 'yellow' | 'blue'

export interface Stroke {
  readonly id: string
  readonly tool: Tool
  readonly colour: Colour
  /** Pairs of ten-thousandths of the picture. */
  readonly places: readonly number[]
}

/** Numbers of one stroke at most, as the server takes them. */
export const PLACES_AT_MOST = 400
/** The shorter side of a picture in the units of its drawing. */
const SIDE = 1000
const WIDTH: Readonly<Record<Tool, number>> = { pen: 9, arrow: 9, box: 9, highlighter: 38 }
const HEAD = 40

/** The drawing's own units: the picture's shape, its shorter side `SIDE` long. */
export function paperOf(picture: Size): Size {
  const scale = SIDE / Math.min(picture.width, picture.height)
  return { width: picture.width * scale, height: picture.height * scale }
}

export const widthOf = (tool: Tool): number => WIDTH[tool]

/** The path of a stroke on its paper (SVG 2 §9.3). */
export function pathOf(stroke: Pick<Stroke, 'tool' | 'places'>, paper: Size): string {
  const points = pairs(stroke.places, paper)
  const [first] = points
  const last = points[points.length - 1]
  if (first === undefined || last === undefined) return ''
  if (stroke.tool === 'box') return boxed(first, last)
  if (stroke.tool === 'arrow') return arrow(first, last)
  return smooth(points)
}

/** Leaves out places nearer to their neighbour than a hand can mean; the last one stays. */
export function thinned(places: readonly number[]): number[] {
  for (let near = 30; ; near *= 1.6) {
    const kept = spaced(places, near)
    if (kept.length <= PLACES_AT_MOST) return kept
  }
}

function spaced(places: readonly number[], near: number): number[] {
  const kept: number[] = []
  for (let at = 0; at + 1 < places.length; at += 2) {
    const x = places[at] ?? 0
    const y = places[at + 1] ?? 0
    const far =
      Math.hypot(x - (kept[kept.length - 2] ?? Infinity), y - (kept[kept.length - 1] ?? Infinity)) >= near
    if (far || kept.length < 2) kept.push(x, y)
    else if (at + 3 >= places.length) {
      if (kept.length >= 4) kept.splice(-2, 2, x, y)
      else kept.push(x, y)
    }
  }
  return kept
}

function pairs(places: readonly number[], paper: Size): Point[] {
  const points: Point[] = []
  for (let at = 0; at + 1 < places.length; at += 2)
    points.push({
      x: ((places[at] ?? 0) / WHOLE) * paper.width,
      y: ((places[at + 1] ?? 0) / WHOLE) * paper.height,
    })
  return points
}

const n = (value: number): string => String(Math.round(value * 10) / 10)
const at = ({ x, y }: Point): string => `${n(x)} ${n(y)}`

/** Through the middles of neighbouring points, so that a hand's corners become curves. */
function smooth(points: readonly Point[]): string {
  const [first, ...rest] = points
  if (first === undefined) return ''
  let path = `M${at(first)}`
  let before = first
  for (const point of rest) {
    path += `Q${at(before)} ${at({ x: (before.x + point.x) / 2, y: (before.y + point.y) / 2 })}`
    before = point
  }
  return `${path}L${at(before)}`
}

function boxed(a: Point, b: Point): string {
  return `M${at(a)}H${n(b.x)}V${n(b.y)}H${n(a.x)}Z`
}

function arrow(from: Point, to: Point): string {
  const angle = Math.atan2(to.y - from.y, to.x - from.x)
  const wing = (side: number): Point => ({
    x: to.x - HEAD * Math.cos(angle + side * 0.5),
    y: to.y - HEAD * Math.sin(angle + side * 0.5),
  })
  return `M${at(from)}L${at(to)}M${at(wing(1))}L${at(to)}L${at(wing(-1))}`
}
