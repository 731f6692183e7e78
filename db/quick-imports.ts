import { registerHooks } from 'node:module'

/**
 * Preloaded (`node --import`), so that it is there before anything that imports drizzle. Node reads a package's
 * `package.json` anew for each import of it and within it, and drizzle's has 180 kB of exports: it was half of the time of a
 * start, and of the memory of the process ever after. Nothing depends on this; without it the same modules are found.
 */
const found = new Map<string, ReturnType<Parameters<typeof registerHooks>[0]['resolve'] & {}>>()

registerHooks({
  resolve(specifier, context, next) {
    if (specifier.startsWith('.') && context.parentURL?.includes('/node_modules/drizzle-orm/'))
      return { url: new URL(specifier, context.parentURL).href, format: 'module', shortCircuit: true }
    if (!/^drizzle-orm(\/|$)/.test(specifier)) return next(specifier, context)
    const known = found.get(specifier) ?? { ...next(specifier, context), shortCircuit: true }
    found.set(specifier, known)
    return known
  },
})
