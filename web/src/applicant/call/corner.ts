/** The four corners that the own picture can lie in, and how it gets from one to another. Pure. */

export type Corner = 'top-left' | 'top-right' | 'bottom-left' | 'bottom-right'
const ROUND: readonly Corner[] = ['bottom-right', 'bottom-left', 'top-left', 'top-right']

export function isCorner(value: unknown): value is Corner {
  return ROUND.includes(value as Corner)
}

export function nextCorner(corner: Corner): Corner {
  return ROUND[(ROUND.indexOf(corner) + 1) % ROUND.length] ?? 'bottom-right'
}

/** Where an arrow key leads, or null for any other key. */
export function afterKey(corner: Corner, key: string): Corner | null {
  const [vertical, horizontal] = corner.split('-') as ['top' | 'bottom', 'left' | 'right']
  if (key === 'ArrowUp') return `top-${horizontal}`
  if (key === 'ArrowDown') return `bottom-${horizontal}`
  if (key === 'ArrowLeft') return `${vertical}-left`
  if (key === 'ArrowRight') return `${vertical}-right`
  return null
}

interface Box {
  left: number
  top: number
  width: number
  height: number
}
/** The corner of the stage that a box let go here is nearest to. */
export function cornerOf(box: Box, stage: Box): Corner {
  const right = box.left + box.width / 2 > stage.left + stage.width / 2
  const bottom = box.top + box.height / 2 > stage.top + stage.height / 2
  return `${bottom ? 'bottom' : 'top'}-${right ? 'right' : 'left'}`
}
