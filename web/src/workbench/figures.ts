/** Shares as the staff pages show them: with a denominator, and not at all when it is too small to mean anything. */

/** `98%`, `90.5%`; `—` when there are fewer than `least` cases. */
export function rate(part: number, whole: number, least = 1): string {
  return whole < Math.max(1, least) ? '—' : `${percent(part, whole)}%`
}

/** `98`, `90.5`: one decimal only where it says something. */
export function percent(part: number, whole: number): string {
  const value = Math.round((1000 * part) / whole) / 10
  return Number.isInteger(value) ? String(value) : value.toFixed(1)
}
