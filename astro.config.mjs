import { defineConfig } from 'astro/config'
import { inProcess } from './site/adapter/index.mjs'

// Astro asks for this at the moment it would report; nothing of ours ever calls home.
process.env.ASTRO_TELEMETRY_DISABLED = '1'

export default defineConfig({
  srcDir: './site',
  publicDir: './site/public',
  outDir: './dist/astro',
  output: 'server',
  adapter: inProcess(),
  build: { format: 'file', inlineStylesheets: 'always', serverEntry: 'entry.mjs' },
  trailingSlash: 'ignore',
  compressHTML: true,
  devToolbar: { enabled: false },
  // Media queries stay in the form that browsers of 2021 read.
  vite: { build: { cssTarget: ['chrome94', 'firefox91', 'safari15'] } },
  image: { service: { entrypoint: 'astro/assets/services/noop' } },
})
