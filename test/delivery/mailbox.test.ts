import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { mailboxForMail } from '../../api/delivery/mailbox.ts'
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

it('nobody else on the machine reads the addresses and codes in the mailbox', async () => {
  const { folder } = await delivering()
  const made = join(folder, 'made', 'here')
  mailboxForMail(made)
  expect((await stat(made)).mode & 0o777).toBe(0o700)
})
