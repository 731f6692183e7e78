import { mkdir, readdir, rm } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { delivering, someSubscriber } from '../support/delivering.ts'

it('a mailbox that cannot be written rests, and then everything comes, at no cost to any delivery', async () => {
  const world = await delivering()
  for (const address of ['ada@customer.example', 'ben@customer.example']) await someSubscriber(world, address)
  await rm(world.folder, { recursive: true })
  await world.declare()
  await world.drain()
  expect(await world.ledger()).toEqual([
    expect.objectContaining({ state: 'failed_for_now', code: 'ENOENT', attempts: 0, unknowns: 0 }),
    expect.objectContaining({ state: 'failed_for_now', code: 'ENOENT', attempts: 0, unknowns: 0 }),
  ])
  await mkdir(world.folder)
  await world.clock.advance(60_000)
  await world.drain()
  expect(await world.ledger()).toEqual([
    expect.objectContaining({ state: 'accepted' }),
    expect.objectContaining({ state: 'accepted' }),
  ])
  expect(await readdir(world.folder)).toHaveLength(2)
})
