import { liveScriptPlugin } from './live-script.mjs'

/**
 * The site's own adapter: it starts no server. The built entry is a module whose `render` our process calls with a
 * page's data, so that a changed page costs milliseconds and not a build.
 */
export const inProcess = () => ({
  name: 'sitrep-in-process',
  hooks: {
    'astro:config:setup': ({ updateConfig }) => updateConfig({ vite: { plugins: [liveScriptPlugin()] } }),
    'astro:config:done': ({ setAdapter }) =>
      setAdapter({
        name: 'sitrep-in-process',
        entrypointResolution: 'auto',
        serverEntrypoint: new URL('./entry.mjs', import.meta.url),
        supportedAstroFeatures: { serverOutput: 'stable' },
      }),
  },
})
