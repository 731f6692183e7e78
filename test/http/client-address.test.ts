import { describe, expect, it } from 'vitest'
import { clientAddress, trustedProxies } from '../../api/http/client-address.ts'

const nobody = trustedProxies([])
const proxies = trustedProxies(['10.0.0.0/8', '203.0.113.7', '2001:db8:1::/48'])

describe('without trusted proxies', () => {
  it.each(['8.8.8.8', '8.8.8.8, 10.0.0.1', '127.0.0.1', 'unknown', '', '::1', '8.8.8.8,,,'])(
    'a header %j moves nothing',
    (header) => {
      expect(clientAddress('198.51.100.4', header, nobody)).toBe('198.51.100.4')
    },
  )
})

describe('behind trusted proxies', () => {
  it.each<[string, string | null, string, string]>([
    ['the nearest hop that is not ours counts', '192.0.2.9, 10.1.1.1', '10.0.0.2', '192.0.2.9'],
    ['what stands left of it is hearsay', '8.8.8.8, 192.0.2.9, 10.1.1.1', '10.0.0.2', '192.0.2.9'],
    ['a peer that is not ours is the caller', '192.0.2.9', '198.51.100.4', '198.51.100.4'],
    ['a single proxy by address is one too', '192.0.2.9', '203.0.113.7', '192.0.2.9'],
    ['so is one by IPv6 block', '2001:db8:2::5', '2001:db8:1::1', '2001:db8:2::5'],
    ['IPv4 in IPv6 clothes is IPv4', '::ffff:192.0.2.9', '::ffff:10.0.0.2', '192.0.2.9'],
    ['only proxies in the chain: the first of them', '10.9.9.9, 10.1.1.1', '10.0.0.2', '10.9.9.9'],
    ['no header: the peer', null, '10.0.0.2', '10.0.0.2'],
  ])('%s', (_, header, peer, caller) => {
    expect(clientAddress(peer, header, proxies)).toBe(caller)
  })

  it('rubbish in the chain is never taken for an address', () => {
    const header = '192.0.2.9, 10.1.1.1 evil, "x", 999.1.1.1, <script>, 10.1.1.1'
    expect(clientAddress('10.0.0.2', header, proxies)).toBe('192.0.2.9')
  })
})
