/** Builds the site at `root` into `outDir`; run as a process of its own: node build.mjs <root> <outDir>. */
import { build } from 'astro'

const [root, outDir] = process.argv.slice(2)
await build({ root, outDir, logLevel: 'silent' })
