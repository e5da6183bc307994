/**
 * Whether a photo of a paper can be read: is it sharp, does it shine. It only advises; the person may send it anyway, and
 * the clerk decides. Pure, on grey values of a picture that was made smaller first, so that noise does not pass for edges.
 */
export interface Grey {
  readonly width: number
  readonly height: number
  /** Luminance, 0 to 255, row by row. */
  readonly data: Uint8Array
}
export type Flaw = 'blurred' | 'glare'
export type Frame = 'card' | 'sheet'

/** The longer side of what is looked at, in pixels: letters of a card are some four pixels wide then. */
export const LOOKED_AT = 480
/** Tiles in a row and a column. The sharpest quarter counts: a table around the card has no edges. */
const TILES = 6
/**
 * Variance of the Laplacian below which no letters are seen. Ours: the drawn samples of the tests have 6,400 in focus and 26
 * out of it; a camera in a dim room comes close to the lower end, and the person may always send it.
 */
export const SHARP = 150
/** As bright as the camera can tell. */
const SATURATED = 250
/** Share of the picture that may be so: a card shines in spots, a white sheet in the light is bright all over. */
export const SHINE: Readonly<Record<Frame, number>> = { card: 0.01, sheet: 0.3 }

export function judge(grey: Grey, frame: Frame): Flaw[] {
  const flaws: Flaw[] = []
  if (sharpness(grey) < SHARP) flaws.push('blurred')
  if (shine(grey) > SHINE[frame]) flaws.push('glare')
  return flaws
}

/** Luminance of RGBA pixels (ITU-R BT.601). */
export function greyOf({ data, width, height }: Pick<ImageData, 'data' | 'width' | 'height'>): Grey {
  const grey = new Uint8Array(width * height)
  for (let at = 0; at < grey.length; at += 1)
    grey[at] = 0.299 * (data[4 * at] ?? 0) + 0.587 * (data[4 * at + 1] ?? 0) + 0.114 * (data[4 * at + 2] ?? 0)
  return { data: grey, width, height }
}

/** Mean variance of the Laplacian over the sharpest quarter of the tiles (Pech-Pacheco et al., 2000). */
export function sharpness(grey: Grey): number {
  const found: number[] = []
  const [across, down] = [Math.floor(grey.width / TILES), Math.floor(grey.height / TILES)]
  for (let row = 0; row < TILES; row += 1)
    for (let column = 0; column < TILES; column += 1)
      found.push(variance(grey, column * across, row * down, across, down))
  const best = found.sort((a, b) => b - a).slice(0, (TILES * TILES) / 4)
  return best.reduce((sum, one) => sum + one, 0) / best.length
}

function variance(
  { data, width, height }: Grey,
  left: number,
  top: number,
  across: number,
  down: number,
): number {
  let [count, sum, squares] = [0, 0, 0]
  const at = (x: number, y: number): number => data[y * width + x] ?? 0
  for (let y = Math.max(1, top); y < Math.min(height - 1, top + down); y += 1)
    for (let x = Math.max(1, left); x < Math.min(width - 1, left + across); x += 1) {
      const edge = at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4 * at(x, y)
      count += 1
      sum += edge
      squares += edge * edge
    }
  return count === 0 ? 0 : squares / count - (sum / count) ** 2
}

export function shine({ data }: Grey): number {
  let bright = 0
  for (const one of data) if (one >= SATURATED) bright += 1
  return bright / data.length
}
