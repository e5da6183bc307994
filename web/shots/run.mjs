/**
 * Takes a picture of every state of every route and checks each: `node shots/run.mjs [--quick] [--only=route[/state]]
 * [--face=applicant|workbench] [--modes=elder,en] [--size=1280x800] [--out=folder]`. `--quick` is the size that most people of a
 * face have; `--size` takes the modes at another size. Needs a build in `dist` and Chromium (`CHROMIUM`, default
 * /usr/bin/chromium-headless-shell). Exit code 1 when a check fails.
 */
import { existsSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'
import { launch } from '../scripts/chromium.mjs'
import { checkElder, checkNarrow, checkPage } from './checks.mjs'
import { openShot } from './open.mjs'
import { serveSite } from './site.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const option = (name) => process.argv.find((one) => one.startsWith(`--${name}=`))?.split('=')[1]
const quick = process.argv.includes('--quick')
const only = option('only')
const named = option('modes')?.split(',')
const size = option('size')?.split('x').map(Number)
const out = option('out') ?? here('../../artifacts/shots/')

const PHONE = { width: 390, height: 844 }
const DESKTOP = { width: 1440, height: 900 }
const modes = [
  { name: 'phone', viewport: PHONE, stored: {} },
  { name: 'desktop', viewport: DESKTOP, stored: {} },
  { name: 'elder', viewport: PHONE, stored: { 'cw:elder': '1' } },
  { name: 'en', viewport: PHONE, stored: { 'cw:language': 'en' } },
]
/** The workbench is a desktop page; elder mode is the applicants'. */
const staffModes = [
  { name: 'desktop', viewport: DESKTOP, stored: {} },
  { name: 'laptop', viewport: { width: 1280, height: 800 }, stored: {} },
  { name: 'small', viewport: { width: 1024, height: 768 }, stored: {} },
  { name: 'en', viewport: DESKTOP, stored: { 'cw:language': 'en' } },
]
const faces = [
  { name: 'applicant', table: '../src/applicant/states.ts', modes: quick ? modes.slice(0, 1) : modes },
  {
    name: 'workbench',
    table: '../src/workbench/states.ts',
    modes: quick ? staffModes.slice(0, 1) : staffModes,
  },
].filter((face) => existsSync(here(face.table)) && (option('face') ?? face.name) === face.name)

/** Pages open at the same time: much of a picture is waiting. */
const AT_ONCE = 3

async function loadTable(path) {
  const { module } = await runnerImport(here(path), {
    root: here('..'),
    resolve: { alias: { '@': here('../src') } },
    logLevel: 'error',
  })
  return module
}

async function takeOne(browser, site, face, shot, mode, now) {
  const opened = await openShot(browser, site, shot, mode, now)
  const { page, errors } = opened
  try {
    const file = `${out}/${face.name}-${shot.route}-${shot.state}-${mode.name}${size ? `-${size[0]}` : ''}.png`
    await page.screenshot({ path: file })
    const found = await checkPage(page)
    if (mode.name === 'elder') found.push(...(await checkElder(page)))
    if (mode.name === 'phone') found.push(...(await checkNarrow(page)))
    return [...errors, ...found]
  } finally {
    await opened.close()
  }
}

/** Takes one job after the other until none is left. */
async function work(browser, face, jobs, now) {
  for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
    const label = `${face.name} ${job.shot.route}/${job.shot.state} ${job.mode.name}`
    const found = await takeOne(browser, site, face, job.shot, job.mode, now).catch((error) => [
      error.message.split('\n')[0],
    ])
    taken += 1
    for (const one of found) failures.push(`${label}: ${one}`)
  }
}

const site = await serveSite()
const browser = await launch()
mkdirSync(out, { recursive: true })
let taken = 0
const failures = []
try {
  const { NOW } = await loadTable('./place.ts')
  for (const face of faces) {
    const { states } = await loadTable(face.table)
    const wanted = states.filter(
      (shot) => only === undefined || `${shot.route}/${shot.state}`.startsWith(only),
    )
    const jobs = wanted.flatMap((shot) =>
      face.modes
        .filter(({ name }) => named === undefined || named.includes(name))
        .map((mode) => ({
          shot,
          mode: size ? { ...mode, viewport: { width: size[0], height: size[1] } } : mode,
        })),
    )
    await Promise.all(Array.from({ length: AT_ONCE }, () => work(browser, face, jobs, NOW)))
  }
} finally {
  await browser.close()
  site.close()
}
console.log(`${taken} pictures in ${out}, ${failures.length} findings`)
for (const one of failures.sort()) console.error(one)
process.exitCode = failures.length > 0 ? 1 : 0
