/**
 * Where a picture lies in its box, and which place of it a finger points at. Places are ten-thousandths of the picture
 * from its upper left, whatever its size, turn or zoom, so that both sides mean the same spot.
 */
export interface Size {
  readonly width: number
  readonly height: number
}
export interface Point {
  readonly x: number
  readonly y: number
}

/** How the picture is looked at: degrees clockwise, percent, and the place that should be in the middle. */
export interface Look {
  readonly turn: number
  readonly zoom: number
  readonly x: number
  readonly y: number
}

export const PLAIN: Look = { turn: 0, zoom: 100, x: 5000, y: 5000 }
export const WHOLE = 10_000
export const ZOOM = { least: 100, most: 800 }

/** The picture as it lies: its middle in the box, its size before turning, all in pixels of the page. */
export interface Lying extends Size {
  readonly centre: Point
  readonly turn: number
}

/** `contain` shows all of the picture, `cover` fills the box with it. */
export function lie(box: Size, picture: Size, look: Look, fit: 'contain' | 'cover'): Lying {
  const across = look.turn % 180 !== 0
  const seen = across ? { width: picture.height, height: picture.width } : picture
  const scales = [box.width / seen.width, box.height / seen.height]
  const scale = ((fit === 'contain' ? Math.min(...scales) : Math.max(...scales)) * look.zoom) / 100
  const size = { width: picture.width * scale, height: picture.height * scale }
  const away = turned(
    { x: (look.x / WHOLE - 0.5) * size.width, y: (look.y / WHOLE - 0.5) * size.height },
    look.turn,
  )
  return {
    ...size,
    turn: look.turn,
    centre: {
      x: held(box.width, seen.width * scale, box.width / 2 - away.x),
      y: held(box.height, seen.height * scale, box.height / 2 - away.y),
    },
  }
}

/** The place under a point of the box; null outside of the picture. */
export function placeAt(lying: Lying, point: Point): Point | null {
  const away = turned({ x: point.x - lying.centre.x, y: point.y - lying.centre.y }, -lying.turn)
  const x = Math.round((away.x / lying.width + 0.5) * WHOLE) + 0 // never −0
  const y = Math.round((away.y / lying.height + 0.5) * WHOLE) + 0
  return x < 0 || y < 0 || x > WHOLE || y > WHOLE ? null : { x, y }
}

/** The point of the box where a place lies. */
export function pointOf(lying: Lying, place: Point): Point {
  const away = turned(
    { x: (place.x / WHOLE - 0.5) * lying.width, y: (place.y / WHOLE - 0.5) * lying.height },
    lying.turn,
  )
  return { x: lying.centre.x + away.x, y: lying.centre.y + away.y }
}

/** Zooms by a factor around a place, which stays where it is as well as the edges allow. */
export function zoomed(look: Look, factor: number, around: Point): Look {
  const zoom = Math.round(Math.min(ZOOM.most, Math.max(ZOOM.least, look.zoom * factor)))
  const share = 1 - look.zoom / zoom
  const nearer = (from: number, to: number): number =>
    Math.min(WHOLE, Math.max(0, Math.round(from + (to - from) * share)))
  return zoom === ZOOM.least
    ? { ...PLAIN, turn: look.turn }
    : { ...look, zoom, x: nearer(look.x, around.x), y: nearer(look.y, around.y) }
}

export const turnedOn = (look: Look): Look => ({ ...look, turn: (look.turn + 90) % 360 })

/** A picture that is smaller than its box lies in the middle; a larger one leaves no gap at its edges. */
function held(box: number, seen: number, wish: number): number {
  if (seen <= box) return box / 2
  return Math.min(seen / 2, Math.max(box - seen / 2, wish))
}

function turned({ x, y }: Point, degrees: number): Point {
  const quarter = (((degrees / 90) % 4) + 4) % 4
  if (quarter === 1) return { x: -y, y: x }
  if (quarter === 2) return { x: -x, y: -y }
  return quarter === 3 ? { x: y, y: -x } : { x, y }
}
