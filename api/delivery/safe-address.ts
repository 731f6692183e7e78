import type { LookupAddress } from 'node:dns'
import { getServers, lookup, Resolver } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import { isAddress, isPublicAddress } from '../domain/public-address.ts'
import type { WebhookUrl } from '../domain/webhook-url.ts'

/** Finds the addresses of a name; throws when there are none. */
export type Resolve = (hostname: string) => Promise<LookupAddress[]>

/** Milliseconds for one question to a name server, and how often it is put. */
const PATIENCE = { timeout: 2_000, tries: 2 }

/**
 * Asks the name servers of this machine. Not the system's own call: that one holds a thread which files and passwords
 * need too, and the name servers of strangers may be as slow as they like (standards R8).
 */
export async function resolvePublicName(hostname: string, servers = getServers()): Promise<LookupAddress[]> {
  const resolver = new Resolver(PATIENCE)
  resolver.setServers(servers)
  const found = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)])
  const addresses = found.flatMap((answer, at) =>
    answer.status === 'fulfilled' ? answer.value.map((address) => ({ address, family: at === 0 ? 4 : 6 })) : [],
  )
  const [refused] = found.filter((answer) => answer.status === 'rejected')
  if (addresses.length === 0 && refused) throw refused.reason
  return addresses
}

/** Knows the names of this machine and its network as well; for hosts that are excepted from the guard. */
const resolveBySystem: Resolve = (hostname) => lookup(hostname, { all: true, verbatim: true })

/** The name leads, or may lead, to where webhooks must not go. */
export class UnsafeAddress extends Error {
  override name = 'UnsafeAddress'
}

/**
 * Resolves the host of a webhook once and answers a lookup that knows these addresses and no others, so that what was
 * checked is what is connected to (standards W8): a name that changes its mind in between changes nothing. Throws
 * `UnsafeAddress` when any of the addresses is not public, unless the host is excepted.
 */
export async function pinnedLookup(url: WebhookUrl, resolve?: Resolve): Promise<LookupFunction> {
  const addresses = await addressesOf(url, resolve)
  const [first] = addresses
  if (!first || (!url.excepted && !addresses.every(({ address }) => isPublicAddress(address))))
    throw new UnsafeAddress('the name leads to an address that webhooks may not reach')
  return (_hostname, options, done) => (options.all ? done(null, addresses) : done(null, first.address, first.family))
}

/** An address in the place of a name is connected to without any lookup: it is checked as it stands. */
async function addressesOf({ hostname, excepted }: WebhookUrl, resolve?: Resolve): Promise<LookupAddress[]> {
  if (isAddress(hostname)) return [{ address: hostname, family: hostname.includes(':') ? 6 : 4 }]
  return (resolve ?? (excepted ? resolveBySystem : resolvePublicName))(hostname)
}
