import type { MiddlewareHandler } from 'astro'

/** Leaves the reason of a failed page in `locals`, where the caller of `render` finds it; the answer stays a 500. */
export const onRequest: MiddlewareHandler = async ({ locals }, next) => {
  try {
    return await next()
  } catch (failure) {
    Object.assign(locals, { failure })
    throw failure
  }
}
