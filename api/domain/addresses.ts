/** Where the site and its forms stand, each without a slash at the end. */
export interface SiteAddress {
  publicUrl: string
  apiUrl: string
}

/** The public address of an incident's page; `site` is without a slash at the end, here and below. */
export const incidentUrl = (site: string, id: string): string => `${site}/incidents/${id}`

/** The short address of an incident, for SMS and for Statuspage's `shortlink`. */
export const shortUrl = (site: string, id: string): string => `${site}/i/${id}`

/** The public address of a maintenance's page. */
export const maintenanceUrl = (site: string, id: string): string => `${site}/maintenance/${id}`

/** The short address of a maintenance. */
export const shortMaintenanceUrl = (site: string, id: string): string => `${site}/m/${id}`

/** The public address of a component's page. */
export const componentUrl = (site: string, id: string): string => `${site}/components/${id}`
