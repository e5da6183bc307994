/** Tests for what old web views lack and CSS cannot fall back from by itself. */

/** iOS before 14.5 ignores `gap` in flex rows: measured once on a hidden row, said to the style sheet as a class. */
export function markMissingFlexGap(): void {
  const row = document.createElement('div')
  row.style.display = 'flex'
  row.style.flexDirection = 'column'
  row.style.rowGap = '1px'
  row.append(document.createElement('div'), document.createElement('div'))
  document.body.append(row)
  if (row.scrollHeight === 0) document.documentElement.classList.add('no-gap')
  row.remove()
}

/** `<dialog>` with `showModal` (Chrome 37, iOS 15.4). */
export const hasDialog =
  typeof HTMLDialogElement !== 'undefined' && 'showModal' in HTMLDialogElement.prototype
