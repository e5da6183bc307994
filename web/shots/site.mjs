/**
 * Serves the built pages as the program does: history addresses lead to their entry page, and the same content security
 * policy holds, so that a violation shows as a console error. Binds a free port on the loopback address.
 */
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

const dist = fileURLToPath(new URL('../dist/', import.meta.url))
const scenes = fileURLToPath(new URL('./scenes/', import.meta.url))
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; " +
  "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

/** The file of an address: a scene of the pictures, a built file, or the entry page of its face. */
function fileOf(path) {
  if (path.startsWith('/__scenes/')) return join(scenes, normalize(path.slice('/__scenes/'.length)))
  const file = join(dist, normalize(path))
  if (file.startsWith(dist) && existsSync(file) && statSync(file).isFile()) return file
  return join(dist, path.startsWith('/workbench') ? 'workbench.html' : 'index.html')
}

export async function serveSite() {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://site').pathname)
    const file = fileOf(path)
    response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream')
    response.setHeader('Content-Security-Policy', POLICY)
    createReadStream(file)
      .on('error', () => response.writeHead(404).end())
      .pipe(response)
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  return { address: `http://127.0.0.1:${server.address().port}`, close: () => server.close() }
}
