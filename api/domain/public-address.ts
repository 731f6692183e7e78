import ipaddr from 'ipaddr.js'

/**
 * Reached by machines of Azure alone, where it is the platform's own wire server; no list of special ranges has it
 * (standards W8: metadata services).
 */
const PLATFORMS = ['168.63.129.16']

/** IPv6 that is given out at all; everything beyond is special or not in use (RFC 4291, 2000::/3). */
const GIVEN_OUT = ipaddr.parseCIDR('2000::/3')

/** Whether a host is an IP address rather than a name. */
export const isAddress = (host: string): boolean => ipaddr.isValid(host)

/**
 * Whether an IP address belongs to the open internet, and not to this machine, a private network, a cloud's metadata
 * service, or a translation that leads to any of those (standards W8). What is not an address is not public.
 */
export function isPublicAddress(ip: string): boolean {
  if (!ipaddr.isValid(ip) || PLATFORMS.includes(ip)) return false
  const address = ipaddr.parse(ip)
  return address.range() === 'unicast' && (address.kind() === 'ipv4' || address.match(GIVEN_OUT))
}
