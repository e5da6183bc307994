import { readFileSync } from 'node:fs'
import { fileURLToPath, URL } from 'node:url'
import vue from '@vitejs/plugin-vue'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const server = process.env['CLOUDWINDOW_URL'] ?? 'http://127.0.0.1:8000'

const pages = { applicant: here('./index.html'), workbench: here('./workbench.html') }
/**
 * Each face is built by itself (`PAGE`, see the build script): built together they share one Vue with everything that the
 * workbench's components need, which is 20 kB more on a citizen's phone.
 */
const page = process.env['PAGE'] as keyof typeof pages | undefined

/** In development every address under /workbench is served by the workbench's page, as the server does in production. */
function entryPages(): Plugin {
  return {
    name: 'entry-pages',
    configureServer(dev) {
      dev.middlewares.use((request, _response, next) => {
        if (/^\/workbench(\/|\?|$)/.test(request.url ?? '')) request.url = '/workbench.html'
        next()
      })
    },
  }
}

/** `virtual:problems`: the server's refusals in words, straight from its OpenAPI document, so that none can be stale. */
function problems(): Plugin {
  const file = here('./openapi.json')
  return {
    name: 'problems',
    resolveId: (id) => (id === 'virtual:problems' ? '\0problems' : undefined),
    load(id) {
      if (id !== '\0problems') return undefined
      this.addWatchFile(file)
      const document = JSON.parse(readFileSync(file, 'utf8')) as {
        'x-problems': Record<string, { zh: string; en: string }>
      }
      const all = Object.entries(document['x-problems']).map(([code, { zh, en }]) => {
        if (!zh || !en) this.error(`problem ${code} lacks a sentence`)
        return [code, { zh, en }]
      })
      return `export const problems = ${JSON.stringify(Object.fromEntries(all))}`
    },
  }
}

export default defineConfig({
  plugins: [vue(), entryPages(), problems()],
  resolve: { alias: { '@': here('./src') } },
  build: {
    // The oldest web views that can do WebRTC. `scripts/check-dist.mjs` proves the output's syntax against them.
    target: ['chrome87', 'ios14.3', 'safari14'],
    cssTarget: ['chrome87', 'ios14.3', 'safari14'],
    outDir: 'dist',
    emptyOutDir: page !== 'workbench', // built second, into the same folder
    assetsInlineLimit: 0, // data: addresses are refused by the content security policy
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: page === undefined ? pages : { [page]: pages[page] },
    },
  },
  server: {
    proxy: { '/api': { target: server, ws: true, changeOrigin: false } },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts', 'shots/**/*.test.ts'],
  },
})
