/** What pages tell each other about the stage while a hand moves; everything that lasts comes from the server as well. */
import type { Look, Point } from './geometry'
import { WHOLE, ZOOM } from './geometry'
import { PLACES_AT_MOST, type Colour, type Tool } from './ink'

export const TOPIC = { ink: 'ink', gone: 'ink.gone', point: 'point', look: 'look' } as const

/** More places of a stroke that is being drawn; `from` is how many numbers came before. */
export interface InkNews {
  readonly no: number
  readonly id: string
  readonly tool: Tool
  readonly colour: Colour
  readonly from: number
  readonly places: readonly number[]
}
export interface PointNews {
  readonly no: number
  readonly place: Point | null
}
export interface LookNews {
  readonly no: number
  readonly look: Look
}

const TOOLS: readonly unknown[] = ['pen', 'highlighter', 'arrow', 'box']
const COLOURS: readonly unknown[] = ['red', 'yellow', 'blue']
const ID = /^[0-9a-f-]{36}$/

/** The other page is not trusted: what is not exactly news of ours is null. */
export function readInk(body: string): InkNews | null {
  const said = parse(body)
  if (said === null) return null
  const { no, id, tool, colour, from, places } = said
  const fine =
    isCount(no) &&
    typeof id === 'string' &&
    ID.test(id) &&
    TOOLS.includes(tool) &&
    COLOURS.includes(colour) &&
    isCount(from) &&
    from <= PLACES_AT_MOST &&
    Array.isArray(places) &&
    places.length <= PLACES_AT_MOST &&
    places.length % 2 === 0 &&
    places.every(isPlace)
  return fine ? (said as unknown as InkNews) : null
}

export function readPoint(body: string): PointNews | null {
  const said = parse(body)
  if (said === null || !isCount(said['no'])) return null
  const { no, place } = said
  if (place === null) return { no, place }
  const { x, y } = asRecord(place) ?? {}
  return isPlace(x) && isPlace(y) ? { no, place: { x, y } } : null
}

export function readLook(body: string): LookNews | null {
  const said = parse(body)
  if (said === null || !isCount(said['no'])) return null
  const { turn, zoom, x, y } = asRecord(said['look']) ?? {}
  const fine =
    isCount(turn) && turn % 90 === 0 && turn < 360 && isCount(zoom) && zoom >= ZOOM.least && zoom <= ZOOM.most
  return fine && isPlace(x) && isPlace(y) ? { no: said['no'], look: { turn, zoom, x, y } } : null
}

export const readGone = (body: string): string | null => (ID.test(body) ? body : null)

function parse(body: string): Record<string, unknown> | null {
  try {
    return asRecord(JSON.parse(body))
  } catch {
    return null
  }
}

function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
}

const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0
const isPlace = (value: unknown): value is number => isCount(value) && value <= WHOLE
