import { describe, expect, it } from 'vitest'
import { resolvePublicName } from '../../api/delivery/safe-address.ts'
import { testNameServer } from '../support/name-server.ts'

const server = await testNameServer({
  'hooks.example.com': { v4: ['93.184.216.34', '10.0.0.1'], v6: ['26064700000000000000000000001111'] },
  'four.example.com': { v4: ['93.184.216.34'] },
  'bare.example.com': {},
})
const addressesOf = async (name: string) => (await resolvePublicName(name, [server])).map(({ address }) => address)

describe('a name', () => {
  it('has all the addresses of both families, so that one private one among them is seen', async () => {
    expect(await resolvePublicName('hooks.example.com', [server])).toEqual([
      { address: '93.184.216.34', family: 4 },
      { address: '10.0.0.1', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ])
  })

  it('needs no address of the newer family', async () => {
    expect(await addressesOf('four.example.com')).toEqual(['93.184.216.34'])
  })

  it.each([
    ['bare.example.com', 'ENODATA'],
    ['nowhere.example.com', 'ENOTFOUND'],
  ])('%s is refused as %s', (name, code) => expect(addressesOf(name)).rejects.toMatchObject({ code }))
})
