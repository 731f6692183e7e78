import type { Kind } from './settings.ts'

/** Whether a URL's host is this machine itself. */
export const isLoopback = (hostname: string): boolean =>
  /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\]|::1)$/i.test(hostname)

/** An address that pages or programs are reached under, without a path: `https://status.example.com`. No slash at its end. */
export const baseUrl: Kind<string> = (value) => {
  const url = URL.canParse(value) ? new URL(value) : null
  const bare = url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash
  return bare && url.pathname === '/'
    ? { value: url.origin }
    : { mend: 'use a scheme and a host and nothing behind, such as https://status.example.com' }
}

/** A place of somebody else's that we call: https, or http on this machine. No slash at its end. */
export const foreignUrl: Kind<string> = (value) => {
  const url = URL.canParse(value) ? new URL(value) : null
  const fine = url && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))
  return fine ? { value: value.replace(/\/+$/, '') } : { mend: 'use an address that begins with https://' }
}

/** Somebody else's place that the public is told of: kept as it stands, for a slash at its end makes another address. */
export const publicForeignUrl: Kind<string> = (value) => {
  const answer = foreignUrl(value)
  if ('mend' in answer) return answer
  const { href, username, password } = new URL(value)
  return username || password ? { mend: 'leave out user and password: feeds show it to everybody' } : { value: href }
}

export const databaseUrl: Kind<string> = (value) =>
  URL.canParse(value) && /^postgres(ql)?:$/.test(new URL(value).protocol)
    ? { value }
    : { mend: 'use postgres://user:password@host:5432/database' }

/** Where mail is handed over. TLS is required outside this machine (standards E31); smtps begins with it. */
export interface SmtpServer {
  host: string
  port: number
  secure: boolean
  requireTls: boolean
  login: { user: string; password: string } | null
}

export const smtpUrl: Kind<SmtpServer> = (value) => {
  const url = URL.canParse(value) ? new URL(value) : null
  if (!url || !/^smtps?:$/.test(url.protocol) || !url.hostname || !/^\/?$/.test(url.pathname) || url.search)
    return {
      mend: 'use smtp://mail.example.com:587 (smtps:// for port 465), with user:password@ before the host where it asks for them',
    }
  if (url.password && !url.username) return { mend: 'it has a password without a user' }
  const secure = url.protocol === 'smtps:'
  const loopback = isLoopback(url.hostname)
  return {
    value: {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port) || (secure ? 465 : loopback ? 25 : 587),
      secure,
      requireTls: !secure && !loopback,
      login: url.username ? { user: decode(url.username), password: decode(url.password) } : null,
    },
  }
}

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
