import { createApp } from 'astro/app/entrypoint'
import { inLanguage } from './language.ts'
import { inPlace } from './place.ts'

/** Pages are rendered whole: a page that fails half-way must not have answered 200 already. */
const app = createApp({ streaming: false })

const nothingIsFetched = async (url) => {
  throw new Error(`The site fetches nothing, and was asked for ${url}.`)
}

/** Renders the page at `route` with `locals` in a language, for a place or the public site; answers a Response, whatever became of it. */
export const render = (route, locals, language, place = null) =>
  inPlace(place, () =>
    inLanguage(language, () =>
      app.render(new Request(new URL(route, 'http://site.invalid')), {
        locals,
        prerenderedErrorPageFetch: nothingIsFetched,
      }),
    ),
  )
