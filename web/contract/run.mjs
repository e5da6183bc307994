/**
 * Holds every transport to its contract in a real Chromium: `node contract/run.mjs [--only=words]`. Needs Chromium
 * (`CHROMIUM`, default /usr/bin/chromium-headless-shell). Exit code 1 when a case fails, with its name and what did not
 * come.
 */
import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'
import { launch } from '../scripts/chromium.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const only = process.argv.find((one) => one.startsWith('--only='))?.slice('--only='.length) ?? ''

const server = await createServer({
  configFile: false,
  root: here('.'),
  resolve: { alias: { '@': here('../src') } },
  logLevel: 'error',
  server: { host: '127.0.0.1', port: 0, hmr: false, fs: { allow: [here('..')] } },
})
await server.listen()
const browser = await launch()
let failed = 0
try {
  const page = await browser.newPage()
  page.on('pageerror', (error) => {
    failed += 1
    console.error(`✗ the page: ${error.message}`)
  })
  await page.goto(server.resolvedUrls.local[0])
  await page.waitForFunction(() => 'contract' in window)
  const { worlds, names } = await page.evaluate(() => ({
    worlds: window.contract.worlds,
    names: window.contract.names,
  }))
  for (const world of worlds)
    for (const name of names.filter((one) => one.includes(only))) {
      const problem = await page.evaluate(([w, n]) => window.contract.run(w, n), [world, name])
      if (problem !== null) failed += 1
      console.log(problem === null ? `✓ ${world}: ${name}` : `✗ ${world}: ${name}\n    ${problem}`)
    }
} finally {
  await browser.close()
  await server.close()
}
process.exitCode = failed > 0 ? 1 : 0
