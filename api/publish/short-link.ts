import type { SiteAddress } from '../domain/page-views.ts'

/**
 * The page behind a short link where only files are served: it forwards at once, without script, and shows the title as
 * a link to whoever is not forwarded. Relative, so that it holds wherever the folder is served. `path` is where to.
 */
export const shortLinkHtml = (path: string, title: string, { publicUrl }: SiteAddress): string =>
  [
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)}</title>`,
    `<link rel="canonical" href="${escapeHtml(`${publicUrl}/${path}`)}">`,
    `<meta http-equiv="refresh" content="0; url=../../${path}">`,
    `</head><body><p dir="auto"><a href="../../${path}">${escapeHtml(title)}</a></p></body></html>`,
  ].join('')

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
