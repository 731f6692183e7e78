import { incidentUrl } from '../domain/addresses.ts'
import type { SiteAddress } from '../domain/page-views.ts'
import type { IncidentSeen } from '../domain/snapshot.ts'

/**
 * The page behind a short link where only files are served: it forwards at once, without script, and shows the title as
 * a link to whoever is not forwarded. Relative, so that it holds wherever the folder is served.
 */
export const shortLinkHtml = ({ id, title }: IncidentSeen, { publicUrl }: SiteAddress): string =>
  [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)}</title>`,
    `<link rel="canonical" href="${escapeHtml(incidentUrl(publicUrl, id))}">`,
    `<meta http-equiv="refresh" content="0; url=../../incidents/${id}">`,
    `</head><body><p><a href="../../incidents/${id}">${escapeHtml(title)}</a></p></body></html>`,
  ].join('')

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
