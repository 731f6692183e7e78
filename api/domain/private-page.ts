import type { Company } from './views.ts'

/** Where a page stands that is rendered for an audience alone: all its links lead to pages of the same place. */
export interface Place {
  /** The path that its pages are below, such as `/private/acme`. */
  base: string
  /** Opens them; letters, digits, `-`, `_` and `.`. */
  token: string
  /** The audience's name. */
  audience: string
}

/** The place of an audience's pages. */
export const placeOf = ({ slug, name }: { slug: string; name: string }, token: string): Place => ({
  base: `/private/${slug}`,
  token,
  audience: name,
})

/** What a link shows that opens nothing, or nothing any more. */
export interface ClosedPage {
  company: Company
  /** It did open something once. */
  ended: boolean
}

/** Pages of private links that the public site does not have, by the route that renders each. */
export interface PrivatePages {
  '/private/closed': ClosedPage
}
