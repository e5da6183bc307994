import { existsSync } from 'node:fs'
import { fileURLToPath, URL } from 'node:url'
import vue from '@vitejs/plugin-vue'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const server = process.env['CLOUDWINDOW_URL'] ?? 'http://127.0.0.1:8000'

const pages = {
  applicant: here('./index.html'),
  ...(existsSync(here('./src/workbench/main.ts')) && { workbench: here('./workbench.html') }),
}

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

export default defineConfig({
  plugins: [vue(), entryPages()],
  resolve: { alias: { '@': here('./src') } },
  build: {
    // The oldest web views that can do WebRTC. `scripts/check-dist.mjs` proves the output's syntax against them.
    target: ['chrome87', 'ios14.3', 'safari14'],
    cssTarget: ['chrome87', 'ios14.3', 'safari14'],
    outDir: 'dist',
    assetsInlineLimit: 0, // data: addresses are refused by the content security policy
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: pages,
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
