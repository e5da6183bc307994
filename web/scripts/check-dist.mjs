/**
 * Proves two promises about the built pages: their JavaScript parses as ES2021 without what Chrome 87 and iOS 14.3 lack,
 * and the applicant's first load stays within its budget. Run after `vite build`; prints the sizes; exit code 1 when broken.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { parse, tokenizer } from 'acorn'

const dist = fileURLToPath(new URL('../dist/', import.meta.url))
const BUDGET_KB = 100 // gzip, HTML + CSS + JS of the applicant's first page; 1 kB = 1000 bytes
const failures = []

for (const name of readdirSync(dist, { recursive: true }).map(String)) {
  if (!name.endsWith('.js')) continue
  const source = readFileSync(dist + name, 'utf8')
  try {
    parse(source, { ecmaVersion: 2021, sourceType: 'module' })
    for (const token of tokenizer(source, { ecmaVersion: 2021, sourceType: 'module' })) {
      if (token.type.label === 'regexp' && /\(\?<[=!]/.test(token.value.pattern)) {
        failures.push(`${name}: look-behind /${token.value.pattern}/ (not before iOS 16.4)`)
      }
    }
  } catch (error) {
    failures.push(`${name}: ${error.message} (not ES2021)`)
  }
}

/** Everything a page loads before its first code runs: its HTML and what that names. */
function firstLoad(page) {
  const html = readFileSync(dist + page, 'utf8')
  if (/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/.test(html))
    failures.push(`${page}: inline script or style`)
  const named = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((found) => found[1].slice(1))
  return [page, ...new Set(named)].map((name) => [
    name,
    gzipSync(readFileSync(dist + name), { level: 9 }).length,
  ])
}

for (const page of readdirSync(dist).filter((name) => name.endsWith('.html'))) {
  const parts = firstLoad(page)
  const kb = parts.reduce((sum, [, bytes]) => sum + bytes, 0) / 1000
  console.log(
    `${page}: first load ${kb.toFixed(1)} kB gzip (${parts.map(([name, bytes]) => `${name} ${(bytes / 1000).toFixed(1)}`).join(', ')})`,
  )
  if (page === 'index.html' && kb > BUDGET_KB) failures.push(`${page}: ${kb.toFixed(1)} kB > ${BUDGET_KB} kB`)
}

if (failures.length > 0) {
  console.error(failures.join('\n'))
  process.exit(1)
}
