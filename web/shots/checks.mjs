/** What must hold on every page in every state: nothing sideways, nothing cut off, nothing serious for axe. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Runs in the page: boxes that scroll sideways or hide a part of what they hold. */
function findBadBoxes() {
  const found = []
  const cut = []
  const name = (element) =>
    `<${element.tagName.toLowerCase()} class="${element.className}"> ${element.textContent.trim().slice(0, 40)}`
  const root = document.scrollingElement
  if (root.scrollWidth > root.clientWidth + 1)
    found.push(`scrolls sideways: ${root.scrollWidth} px in ${root.clientWidth} px`)
  for (const element of document.body.querySelectorAll('*')) {
    const style = getComputedStyle(element)
    if (style.display === 'inline' || style.visibility === 'hidden' || element.clientWidth <= 1) continue
    if (element.closest('.unseen, svg, video, [aria-hidden="true"] .bone')) continue
    const scrolls = /auto|scroll/
    const wide = element.scrollWidth - element.clientWidth > 1 && !scrolls.test(style.overflowX)
    const tall = element.scrollHeight - element.clientHeight > 1 && /hidden|clip/.test(style.overflowY)
    const field = /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName)
    if (!field && ((wide && !spillsOnPurpose(element)) || tall)) cut.push(element)
    const box = element.getBoundingClientRect()
    const outside = box.left < -1 || box.right > innerWidth + 1
    if (outside && box.width > 0 && style.position !== 'absolute' && !element.closest('.skip'))
      found.push(`outside the window: ${name(element)}`)
  }
  // a wide child makes its parents wide too: only the innermost is the cause
  const causes = cut.filter((one) => !cut.some((other) => other !== one && one.contains(other)))
  return [...new Set([...found, ...causes.map((one) => `cut off: ${name(one)}`)])]

  /** A box that only holds something placed on purpose beyond its edge (negative margins of tools, enlarged targets). */
  function spillsOnPurpose(element) {
    const edge = element.getBoundingClientRect().right + 1
    const spilling = [...element.querySelectorAll('*')].filter(
      (one) => one.getBoundingClientRect().right > edge,
    )
    return spilling.every((one) => one.closest('.tools, .bar .tool, .terms a, .section-head .tool') !== null)
  }
}

/** Findings as sentences; empty when all is well. */
export async function checkPage(page) {
  const found = await page.evaluate(findBadBoxes)
  await page.evaluate(axeSource)
  const violations = await page.evaluate(async () => {
    const result = await window.axe.run(document, { resultTypes: ['violations'] })
    return result.violations
      .filter((one) => one.impact === 'serious' || one.impact === 'critical')
      .map((one) => `axe ${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(' | ')}`)
  })
  return [...found, ...violations]
}

/** Runs in the page: in elder mode nothing is small to read or small to press (look.md: body 24 px, targets 60 px). */
function findSmall({ text, target }) {
  const shown = (element) => {
    const box = element.getBoundingClientRect()
    return box.width > 1 && box.height > 1 && getComputedStyle(element).visibility !== 'hidden'
  }
  const name = (element) =>
    `<${element.tagName.toLowerCase()} class="${element.className}"> ${element.textContent.trim().slice(0, 30)}`
  const found = []
  for (const element of document.querySelectorAll('button, a[href], select, textarea, input, summary')) {
    if (!shown(element) || element.closest('.unseen, .skip, [inert], [aria-hidden="true"]')) continue
    // a link within a sentence is as high as its line; a field is pressed by its label too
    const label = element.closest('label') ?? element.labels?.[0]
    const within = element.tagName === 'A' && getComputedStyle(element).display === 'inline'
    const height = Math.max(...[element, label ?? element].map((one) => one.getBoundingClientRect().height))
    if (!within && Math.round(height) < target) found.push(`${Math.round(height)} px high: ${name(element)}`)
  }
  for (const element of document.querySelectorAll('main p, main li, main label, main dd')) {
    const size = parseFloat(getComputedStyle(element).fontSize)
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '')
    if (own && shown(element) && size < text) found.push(`text of ${size} px: ${name(element)}`)
  }
  return found
}

export const checkElder = (page) => page.evaluate(findSmall, { text: 18, target: 60 })

export async function checkNarrow(page) {
  await page.setViewportSize({ width: 320, height: 700 })
  await page.waitForTimeout(100)
  return (await page.evaluate(findBadBoxes)).map((one) => `320 px: ${one}`)
}
