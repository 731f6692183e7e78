import { generateKeyPairSync } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { claim } from '../../api/delivery/carry.ts'
import { dkimProblem } from '../../api/delivery/dkim.ts'
import { takeUnits } from '../../db/queries/deliveries.ts'
import { deliveries } from '../../db/schema.ts'
import { delivering, someSubscriber } from '../support/delivering.ts'

describe('a rate', () => {
  it('holds over all who claim, and comes back with time', async () => {
    const world = await delivering()
    world.carrying.carriers.email.perSecond = 3
    for (let index = 0; index < 12; index++) await someSubscriber(world, `r${index}@x.test`)
    await world.declare()
    await world.fanOut()
    const claimed = async () => {
      const claims = await Promise.all(Array.from({ length: 4 }, () => claim(world.carrying, 'email', 'public', 5)))
      return claims.flat().length
    }
    expect(await claimed()).toBe(3)
    expect(await claimed()).toBe(0)
    await world.clock.advance(1_000)
    expect(await claimed()).toBe(3)
    await world.clock.advance(60_000)
    expect(await claimed()).toBe(3)
    await takeUnits(world.db, 'email', 3, 3)
    await world.clock.advance(1_000)
    expect(await claimed()).toBe(0)
  })

  it('below one a second lets one through at a time, and staff never wait for it', async () => {
    const world = await delivering()
    world.carrying.carriers.email.perSecond = 0.5
    for (let index = 0; index < 4; index++) await someSubscriber(world, `s${index}@x.test`)
    await world.declare()
    await world.fanOut()
    expect(await claim(world.carrying, 'email', 'public', 5)).toHaveLength(1)
    await world.clock.advance(1_000)
    expect(await claim(world.carrying, 'email', 'public', 5)).toHaveLength(0)
    await world.db.update(deliveries).set({ lane: 'staff' }).where(eq(deliveries.state, 'queued'))
    expect(await claim(world.carrying, 'email', 'staff', 2)).toHaveLength(2)
    await world.clock.advance(1_000)
    expect(await claim(world.carrying, 'email', 'public', 5)).toHaveLength(0)
  })
})

describe('the DKIM settings', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const ed25519 = generateKeyPairSync('ed25519').privateKey
  const pem = (key: typeof rsa) => key.export({ type: 'pkcs8', format: 'pem' }).toString()
  const problem = (privateKey: string) => dkimProblem({ domain: 'x.test', selector: 's1', privateKey })

  it('are good when a sample comes out signed', async () => expect(await problem(pem(rsa))).toBeNull())

  it('are refused with a key that would leave mail unsigned', async () => {
    expect(await problem(pem(ed25519))).toContain('RSA')
    expect(await problem('not a key')).toContain('could not be read')
    expect(await problem(pem(rsa).slice(0, 400))).toContain('could not be read')
  })
})
