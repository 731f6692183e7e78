import { BlockList, isIP } from 'node:net'

/** Whether an address belongs to one of our proxies. */
export type TrustedProxies = (address: string) => boolean

/** Reads `TRUSTED_PROXIES` (addresses and CIDR blocks) once. */
export function trustedProxies(blocks: readonly string[]): TrustedProxies {
  const list = new BlockList()
  for (const block of blocks) {
    const [address = '', prefix] = block.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(prefix), family)
  }
  return (address) => isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/**
 * The caller's address. X-Forwarded-For counts only as far as our own proxies wrote it: read from the right, past every
 * trusted hop (standards X6), so that a forged header moves nothing.
 */
export function clientAddress(peer: string, forwardedFor: string | null, trusted: TrustedProxies): string {
  const plain = (address: string) => address.trim().replace(/^::ffff:/, '')
  const hops = [...(forwardedFor ?? '').split(','), peer].map(plain).filter((hop) => isIP(hop) !== 0)
  return hops.findLast((hop) => !trusted(hop)) ?? hops[0] ?? plain(peer)
}
