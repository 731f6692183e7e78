import { Resolver } from 'node:dns/promises'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'

/** `unknown`: the DNS did not answer; asked again later it may. */
export type SenderProof = 'proven' | 'unproven' | 'unknown'

/** Tells whether a mail comes from the one address that its From names. */
export type ProveSender = (raw: Buffer, from: string, now: Date) => Promise<SenderProof>

/** Keys of less prove nothing (RFC 8301, section 3.2). */
const LEAST_BITS = 1024

/**
 * Proves senders by DKIM (RFC 6376), strictly: a signature of the whole mail, by a domain aligned with that of From
 * (RFC 9989), whose key stands in the DNS; a key that is only being tested, and a part of the body, prove nothing.
 * `nameServers`: others than the machine's own.
 */
export function openSenderProof(nameServers: readonly string[] | null = null): ProveSender {
  const resolver = new Resolver({ timeout: 3_000, tries: 2 })
  if (nameServers) resolver.setServers([...nameServers])
  return async (raw, from, now) => {
    const { headerFrom, fromFields, results } = await dkimVerify(raw, {
      strict: true,
      minBitLength: LEAST_BITS,
      curTime: now,
      resolver: (name) => resolver.resolveTxt(name),
    })
    if (fromFields !== 1 || headerFrom.length !== 1 || headerFrom[0]!.toLowerCase() !== from.toLowerCase())
      return 'unproven'
    const proves = results.some(
      ({ status, canonBodyLengthLimited }) =>
        status.result === 'pass' && status.aligned && !status.testing && !canonBodyLengthLimited,
    )
    if (proves) return 'proven'
    return results.some(({ status }) => status.result === 'temperror') ? 'unknown' : 'unproven'
  }
}
