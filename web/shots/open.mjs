/** Opens one state of a page in Chromium: stores filled, the clock stopped, the server and the live line played from fixtures. */
import { fileURLToPath } from 'node:url'
import { openPeer } from './peer.mjs'

/** Runs before the page's own code: the stores, and devices that show a drawn citizen or are refused. */
function before({ lasting, tab, devices, offline }) {
  if (!location.protocol.startsWith('http')) return
  for (const [key, value] of Object.entries(lasting)) localStorage.setItem(key, value)
  for (const [key, value] of Object.entries(tab)) sessionStorage.setItem(key, value)
  if (offline) Object.defineProperty(navigator, 'onLine', { get: () => false })
  if (!navigator.mediaDevices) return
  if (devices === 'in-app') {
    const agent = `${navigator.userAgent} MicroMessenger/8.0.42`
    Object.defineProperty(navigator, 'userAgent', { get: () => agent })
    Object.defineProperty(navigator, 'mediaDevices', { value: undefined })
    return
  }
  const device = (kind, deviceId, label) => ({ kind, deviceId, label, groupId: '' })
  navigator.mediaDevices.enumerateDevices = async () => [
    device('videoinput', 'front', '前置摄像头'),
    device('videoinput', 'rear', '后置摄像头'),
    device('audioinput', 'inside', '内置麦克风'),
    device('audiooutput', 'loud', '扬声器（Realtek Audio）'),
  ]
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (devices === 'denied') throw new DOMException('refused', 'NotAllowedError')
    if (devices === 'no-camera' && wanted.video) throw new DOMException('none', 'NotFoundError')
    const stream = new MediaStream()
    if (wanted.video) stream.addTrack(of('front', drawnCitizen()))
    if (wanted.audio)
      stream.addTrack(
        of('inside', new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0]),
      )
    return stream
  }
  function of(deviceId, track) {
    const settings = track.getSettings.bind(track)
    track.getSettings = () => ({ ...settings(), deviceId })
    return track
  }
  function drawnCitizen() {
    const canvas = document.createElement('canvas')
    canvas.width = 480
    canvas.height = 640
    const image = new Image()
    image.src = '/__scenes/citizen.svg'
    const paint = canvas.getContext('2d')
    setInterval(() => {
      if (!image.complete || image.naturalWidth === 0) return
      const scale = Math.max(canvas.width / image.naturalWidth, canvas.height / image.naturalHeight)
      const [width, height] = [image.naturalWidth * scale, image.naturalHeight * scale]
      paint.drawImage(image, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height)
    }, 100)
    return canvas.captureStream(10).getVideoTracks()[0]
  }
}

const scene = (name) => fileURLToPath(new URL(`./scenes/${name}`, import.meta.url))

/** Answers `/api` from the state's table: with its query first, then without. */
async function answerApi(route, shot) {
  const request = route.request()
  const url = new URL(request.url())
  const name = `${request.method()} ${url.pathname}`
  const q = url.searchParams.get('q')
  const answer = (q ? shot.answers[`${name}?q=${q}`] : undefined) ?? shot.answers[name]
  if (answer === 'never') return
  if (answer === 'offline') return route.abort('internetdisconnected')
  if (answer?.picture)
    return route.fulfill({
      path: scene(answer.picture),
      contentType: 'image/svg+xml',
    })
  const {
    body,
    status = 200,
    type,
  } = answer ?? {
    status: 404,
    body: { code: 'not_found', status: 404, params: {} },
  }
  await route.fulfill({
    status,
    contentType: type ?? (status < 400 ? 'application/json' : 'application/problem+json'),
    body: type ? body : JSON.stringify(body),
  })
}

/** Plays the server's end of the live line; what a call negotiates goes to the peer, when there is one. */
function answerLive(socket, shot, now, peer) {
  if (shot.answers['GET /api/ws'] === 'offline') {
    socket.close()
    return
  }
  socket.onMessage(async (text) => {
    const message = JSON.parse(String(text))
    if (message.type === 'hello') {
      socket.send(JSON.stringify({ type: 'welcome', server_time: now, heartbeat_seconds: 20 }))
      for (const more of shot.live ?? []) socket.send(JSON.stringify(more))
    }
    if (message.type === 'ping') socket.send(JSON.stringify({ type: 'pong', server_time: now }))
    if (message.type === 'signal' && peer.open !== null) {
      peer.pages[message.to] ??= peer.open(
        (batch) => peer.say[message.to]?.(batch),
        Object.keys(peer.pages).length,
      )
      peer.say[message.to] = (batch) =>
        socket.send(
          JSON.stringify({
            type: 'signal',
            call: message.call,
            from: message.to,
            from_attempt: message.to_attempt,
            to_attempt: message.from_attempt,
            batch,
          }),
        )
      await (
        await peer.pages[message.to]
      )(message.batch)
    }
  })
}

/** Opens the page and brings it into its state. Console errors and uncaught ones are gathered in `errors`. */
export async function openShot(browser, site, shot, mode, now) {
  const context = await browser.newContext({
    viewport: mode.viewport,
    deviceScaleFactor: mode.viewport.width < 760 ? 2 : 1,
    isMobile: false,
    hasTouch: mode.viewport.width < 760,
    reducedMotion: 'reduce',
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
  })
  const errors = []
  const peer = { open: null, pages: {}, say: {} }
  if (shot.peer) peer.open = (say, index) => openPeer(context, site.address, say, index)
  const page = await context.newPage()
  page.on('console', (message) => {
    if (message.type() === 'error' && !expected(message.text())) errors.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => errors.push(`uncaught: ${error.message}`))
  await page.clock.setFixedTime(now)
  await page.addInitScript(before, {
    lasting: { ...shot.stored?.lasting, ...mode.stored },
    tab: shot.stored?.tab ?? {},
    devices: shot.devices ?? 'denied',
    offline: shot.offline ?? false,
  })
  await page.route('**/api/**', (route) => answerApi(route, shot))
  await page.routeWebSocket(/\/api\/ws/, (socket) => answerLive(socket, shot, now, peer))
  await page.goto(site.address + shot.path, { waitUntil: 'load' })
  for (const step of shot.steps ?? []) await take(page, step)
  await page
    .locator(shot.until ?? 'h1')
    .first()
    .waitFor({ state: 'visible', timeout: 10_000 })
  if (shot.peer) await page.waitForTimeout(700)
  await page.evaluate(() => document.fonts.ready)
  await page.waitForTimeout(150)
  return { page, errors, close: () => context.close() }
}

/** The browser itself reports every refused request as an error; a state that asks for one expects it. */
function expected(text) {
  return /Failed to load resource/.test(text)
}

async function take(page, step) {
  if ('choose' in step) await page.locator(step.choose).first().setInputFiles(scene(step.scene))
  if ('press' in step) await page.locator(step.press).first().click()
  if ('fill' in step) await page.locator(step.fill).first().fill(step.text)
  if ('key' in step) await page.keyboard.press(step.key)
  if ('see' in step) await page.locator(step.see).first().waitFor({ state: 'visible' })
}
