import { isAddress, isPublicAddress } from './public-address.ts'

/** Ports that webhooks may go to unless WEBHOOK_ALLOW names another (standards W8). */
const PORTS = [443, 8443]
const MOST_LETTERS = 2000

/** Names that only mean something inside: of this machine, its network, or a cluster. */
const INSIDE = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|localdomain|arpa|onion|test|invalid)$/

/** An address that a webhook may be tried at; its name is still to be resolved and checked at every attempt. */
export interface WebhookUrl {
  /** Without fragment, as the URL standard writes it. */
  href: string
  /** A name, or an address without brackets. */
  hostname: string
  port: number
  /** Named in WEBHOOK_ALLOW: http and private addresses are fine. */
  excepted: boolean
}

export type ReadWebhookUrl = WebhookUrl | { refused: string }

/**
 * Reads an address for a webhook; refused in words for the form when it is not https, holds credentials, has a port that
 * is not allowed, or names something private (standards W7, W8). `allow` holds `host:port` in lower case.
 */
export function readWebhookUrl(text: string, allow: readonly string[]): ReadWebhookUrl {
  const typed = text.trim()
  const url = URL.canParse(typed) ? new URL(typed) : null
  if (!url || !/^https?:$/.test(url.protocol) || typed.length > MOST_LETTERS || /[\s\p{Cc}]/u.test(typed))
    return { refused: 'Use a web address that begins with https://, such as https://example.com/status-hook.' }
  if (url.username || url.password) return { refused: 'Leave user and password out of the address.' }
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  const excepted = allow.includes(`${url.hostname}:${port}`)
  url.hash = ''
  const read = { href: url.href, hostname: url.hostname.replace(/^\[|\]$/g, ''), port, excepted }
  return excepted ? read : refusedOf(url.protocol, read)
}

function refusedOf(protocol: string, read: WebhookUrl): ReadWebhookUrl {
  if (protocol !== 'https:') return { refused: 'Use an address that begins with https://.' }
  if (!PORTS.includes(read.port)) return { refused: `Use port ${PORTS.join(' or ')}.` }
  const named = isAddress(read.hostname) ? isPublicAddress(read.hostname) : isPublicName(read.hostname)
  return named ? read : { refused: 'Use an address that can be reached from the internet.' }
}

const isPublicName = (name: string): boolean => {
  const plain = name.replace(/\.$/, '')
  return plain.includes('.') && !INSIDE.test(plain)
}
