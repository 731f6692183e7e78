/** Where the site and its forms stand, each without a slash at the end. */
export interface SiteAddress {
  publicUrl: string
  apiUrl: string
  /** The WebSub hub that tells of the site's feeds (standards F10); of an audience's own none does. */
  hub?: string | null
}

/**
 * A path below a site, whose address is without a slash at the end, here and below. Where the site is an audience's, its
 * address carries a token behind the path, and so does every address below it.
 */
export function below(site: string, path: string): string {
  const at = site.indexOf('?')
  return at < 0 ? site + path : site.slice(0, at) + path + site.slice(at)
}

/** The page of an audience, opened by a token. */
export const privatePageUrl = (api: string, slug: string, token: string): string =>
  `${api}/private/${slug}?token=${token}`

/** The page of support and sales, opened by a token. */
export const staffPageUrl = (api: string, token: string): string => `${api}/staff?token=${token}`

/** The public address of an incident's page. */
export const incidentUrl = (site: string, id: string): string => below(site, `/incidents/${id}`)

/** The short address of an incident, for SMS and for Statuspage's `shortlink`. */
export const shortUrl = (site: string, id: string): string => below(site, `/i/${id}`)

/** The public address of a maintenance's page. */
export const maintenanceUrl = (site: string, id: string): string => below(site, `/maintenance/${id}`)

/** The short address of a maintenance. */
export const shortMaintenanceUrl = (site: string, id: string): string => below(site, `/m/${id}`)

/** The public address of a component's page. */
export const componentUrl = (site: string, id: string): string => below(site, `/components/${id}`)
