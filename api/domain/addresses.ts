/** The public address of an incident's page; `site` is without a slash at the end. */
export const incidentUrl = (site: string, id: string): string => `${site}/incidents/${id}`

/** The short address of an incident, for SMS and for Statuspage's `shortlink`. */
export const shortUrl = (site: string, id: string): string => `${site}/i/${id}`
