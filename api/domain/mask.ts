/**
 * What may be shown of an address in logs and lists (standards X13): `j***@example.com`, `+*********23`,
 * `https://hooks.example.com/***`. Never enough to reach anybody.
 */
export function maskAddress(address: string): string {
  if (address.includes('://')) return maskUrl(address)
  const at = address.lastIndexOf('@')
  return at < 0 ? maskNumber(address) : maskMailbox(address.slice(0, at), address.slice(at + 1))
}

/** Free text with everything masked that looks like an address, a number, a token or a credential. Masking twice changes nothing. */
export const maskText = (text: string): string =>
  PATTERNS.reduce((masked, [pattern, replace]) => masked.replace(pattern, replace), text)

/** A message as anybody may see it: the links in it to pages that are a reader's own, less the token that makes them theirs. */
export const withoutTokens = (text: string, apiUrl: string): string =>
  text
    .split(apiUrl)
    .map((part, at) => (at === 0 ? part : part.replace(OWN_PAGE, '$1…')))
    .join(apiUrl)

/** What follows the address of the service in a link of a reader's own. */
const OWN_PAGE = /^(\/(?:subscriptions|private|staff)\/[\w/-]+\?token=|\/[bsr]\/)[\w.-]+/

const HIDDEN = '[hidden]'

/** First letter only, and not even that when it is the whole name; what is masked stays as it is. */
const maskMailbox = (local: string, domain: string): string => {
  if (/^.?\*{3}$/u.test(local)) return `${local}@${domain}`
  const [first = '', ...rest] = local
  return `${rest.length > 0 ? first : ''}***@${domain}`
}

/** The last two digits, of numbers long enough to keep a secret. */
function maskNumber(number: string): string {
  const digits = number.replace(/\D/g, '')
  const shown = digits.length >= 7 ? digits.slice(-2) : ''
  return `${number.trim().startsWith('+') ? '+' : ''}${'*'.repeat(Math.max(digits.length - shown.length, 3))}${shown}`
}

/** Addresses of hooks are secrets themselves: only the host is shown. */
function maskUrl(address: string): string {
  const origin = /^([a-z][a-z0-9+.-]*:\/\/)(?:[^/?#@]*@)?([^/?#]*)/i.exec(address)
  return origin ? `${origin[1]}${origin[2]}/***` : HIDDEN
}

/** In this order: what is inside a URL or header is hidden before the rest could take it for something else. */
const PATTERNS: [RegExp, (...found: string[]) => string][] = [
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]*@/gi, (_, scheme) => `${scheme}${HIDDEN}@`],
  [/\b(Basic|Bearer)\s+(?!\[hidden\])[^\s"',;]+/gi, (_, scheme) => `${scheme} ${HIDDEN}`],
  [/([?&;](?:token|key|code|secret|signature|password)=)[^&\s"'#]+/gi, (_, name) => `${name}${HIDDEN}`],
  [/\b(sitrep_|whsec_|AC|SK|MG)(?=[\w+=-]{16})[\w+=-]+/g, (_, prefix) => `${prefix}${HIDDEN}`],
  [/(?!\[hidden\]@)([^\s@<>()[\]",;:]+)@([^\s@<>()[\]",;:'/?]+)/gu, (_, local, domain) => maskMailbox(local!, domain!)],
  [/\+\d(?:[ ().-]{0,2}\d(?!\*)){5,}/g, (number) => maskNumber(number!)],
  [/(?<![\w*])\d{9,}(?!\w)/g, (number) => maskNumber(number!)],
  [/(?<![\w/.-])(?=[\w+-]*\d)[\w+-]{32,}={0,2}(?![\w/])/g, () => HIDDEN],
]
