import type { Span } from './sentences.ts'

/** Endings that only a private network has (RFC 6762, RFC 8375, and those in common use). */
const INSIDE = /\.(?:internal|local|localdomain|lan|corp|intra|intranet|private|home\.arpa|cluster\.local|svc)$/i

/** What machines are called after; followed by a number it is one of several. */
const ROLES = new Set(
  'api app auth backup bastion broker build cache cdn cron db dns edge elastic es etcd fw gateway gw haproxy host ingress job k8s kafka kube lb ldap log mail master mongo mx mysql nas nginx node ns pg pod postgres primary proxy queue rabbit rack redis replica router rtr san search server shard smtp sql srv storage store sw switch vault vm vpn web worker ws zk'.split(
    ' ',
  ),
)

/** Words that only look like one; so does the version of an interface, `api-v2`. */
const WORDS = new Set(['web2', 'web3'])

/**
 * Where a text names a machine: `db-03`, `pg-primary-2`, `web01.eu.example.com`, anything in a private domain, an IPv4
 * address. Names that customers use themselves (`api.example.com`, `eu-west-1`) are none.
 */
export const hostsIn = (text: string): Span[] =>
  [...text.matchAll(/(?<![\w@-])[a-z\d](?:[\w.-]*[a-z\d])?(?![\w@-])/gi)]
    .filter(([token]) => isHost(token))
    .map(({ index, 0: token }) => ({ from: index, to: index + token.length }))

function isHost(token: string): boolean {
  if (isIpv4(token) || INSIDE.test(token)) return true
  const [first = ''] = token.split('.')
  // A sentence may begin with one.
  const label = first.charAt(0).toLowerCase() + first.slice(1)
  return /^[a-z\d-]+$/.test(label) && !WORDS.has(label) && isNumberedRole(label)
}

const isIpv4 = (token: string): boolean =>
  /^\d{1,3}(?:\.\d{1,3}){3}$/.test(token) && token.split('.').every((part) => Number(part) <= 255)

function isNumberedRole(label: string): boolean {
  const parts = label.split('-')
  const roles = parts.map((part) => part.replace(/\d+$/, ''))
  return roles.some((role) => ROLES.has(role)) && parts.some((part) => /^(?!v\d)[a-z]*\d+$/.test(part))
}
