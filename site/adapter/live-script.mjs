import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const NAME = 'virtual:live-script'
const ENTRY = fileURLToPath(new URL('../live/main.ts', import.meta.url))

/** The one script of the public pages as text, in a form that browsers of 2019 read. */
export async function liveScript() {
  const { outputFiles } = await build({
    entryPoints: [ENTRY],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2019',
    charset: 'utf8',
    legalComments: 'none',
    write: false,
  })
  return outputFiles[0].text.trim()
}

/** Lets a page import the script as text, so that it stands in the page itself: no request, and allowed by its hash. */
export const liveScriptPlugin = () => ({
  name: 'sitrep-live-script',
  resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
  load: async (id) => (id === `\0${NAME}` ? `export default ${JSON.stringify(await liveScript())}` : null),
})
