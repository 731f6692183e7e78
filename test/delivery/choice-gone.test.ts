import { eq } from 'drizzle-orm'
import { afterEach, describe, expect, it } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { archiveComponent, changeComponent } from '../../api/actions/change-component.ts'
import { sizeOf } from '../../api/domain/sms.ts'
import { announcements, deliveries, subscriberLinks, subscribers } from '../../db/schema.ts'
import { newName, someAudience, someComponent, someReader } from '../support/audiences.ts'
import { carrierTo, carrierToTwilio, delivering } from '../support/delivering.ts'
import { testSmtp } from '../support/smtp.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const world = await delivering({ email: carrierTo(smtp), sms: carrierToTwilio(twilio) })
const { db, acting } = world
const acme = await someAudience(world, 'acme')
const globex = await someAudience(world, 'globex')
const other = await someComponent(world, newName('Other'))
const hide = (id: string, ...audiences: { id: string }[]) =>
  changeComponent(acting, id, { audience_ids: audiences.map((each) => each.id) })

afterEach(async () => {
  await db.delete(subscriberLinks)
  await db.delete(subscribers)
  smtp.received.length = 0
})

/** Who is told by mail that they would hear nothing. */
const told = async (): Promise<string[]> => {
  await world.drain()
  return smtp.received.filter(({ mail }) => mail.subject!.startsWith('You would hear nothing')).flatMap(({ to }) => to)
}

describe('somebody who chose one component alone', () => {
  it('is told once when it becomes private, without a word about what it is, and how to choose anew', async () => {
    const vault = await someComponent(world, newName('Vault'))
    await someReader(world, 'lena@x.test', [], { componentIds: [vault.id] })
    await hide(vault.id, acme)
    expect(await told()).toEqual(['lena@x.test'])
    const [{ mail, raw }] = smtp.received as [(typeof smtp.received)[0]]
    expect(mail.text).toMatch(/Choose what to hear: https?:\S+\/subscriptions\/manage\?token=/)
    for (const secret of [vault.name, 'Vault', 'ACME', 'acme']) expect(mail.text! + raw).not.toContain(secret)
    await hide(vault.id, acme, globex)
    await changeComponent(acting, vault.id, { description: 'Steel.' })
    await hide(vault.id, acme)
    expect(await told()).toEqual(['lena@x.test'])
  })

  it('is told when it is archived', async () => {
    const vault = await someComponent(world, newName('Vault'))
    await someReader(world, 'lena@x.test', [], { componentIds: [vault.id] })
    await archiveComponent(acting, vault.id)
    expect(await told()).toEqual(['lena@x.test'])
  })

  it('is told when their audience loses it, and not while they belong to one that sees it', async () => {
    const relay = await someComponent(world, newName('Relay'), [acme, globex])
    await someReader(world, 'acme@x.test', [acme.link], { componentIds: [relay.id] })
    await someReader(world, 'globex@x.test', [globex.link], { componentIds: [relay.id] })
    await hide(relay.id, globex)
    expect(await told()).toEqual(['acme@x.test'])
  })

  it.each(['en', 'ar'])('is told by text (%s), within two segments', async (locale) => {
    const vault = await someComponent(world, newName('Vault'))
    const before = twilio.sent.length
    await someReader(world, '+4915112345678', [], { componentIds: [vault.id], locale })
    await hide(vault.id, acme)
    await world.drain()
    const [text, ...more] = twilio.sent.slice(before)
    expect(more).toEqual([])
    expect(text!.body).toMatch(/\/s\/[\w.-]+$/)
    expect(sizeOf(text!.body).segments).toBeLessThanOrEqual(2)
  })

  it('is told nothing where it is public again, or they have chosen anew, before the message goes', async () => {
    const vault = await someComponent(world, newName('Vault'))
    const lena = await someReader(world, 'lena@x.test', [], { componentIds: [vault.id] })
    await hide(vault.id, acme)
    await hide(vault.id)
    expect(await told()).toEqual([])
    await hide(vault.id, acme)
    await world.fanOut()
    await db.update(subscribers).set({ componentIds: [] }).where(eq(subscribers.id, lena.id))
    expect(await told()).toEqual([])
  })
})

it('tells nobody who still hears something: all, another component, its group, or an incident that they follow alone', async () => {
  const vault = await someComponent(world, newName('Vault'))
  await someReader(world, 'all@x.test', [])
  await someReader(world, 'two@x.test', [], { componentIds: [vault.id, other.id] })
  await someReader(world, 'follows@x.test', [], {
    componentIds: [vault.id],
    onlyFollowed: true,
    followedIncidentIds: ['x'],
  })
  await someReader(world, 'left@x.test', [], { componentIds: [vault.id], state: 'ended', endedAt: new Date() })
  await hide(vault.id, acme)
  expect(await told()).toEqual([])
})

it('announces nothing for a component that is born private', async () => {
  const before = await db.$count(announcements)
  await addComponent(acting, { name: newName('Safe'), audience_ids: [acme.id] })
  expect(await db.$count(announcements)).toBe(before)
  expect(await db.$count(deliveries, eq(deliveries.state, 'queued'))).toBe(0)
})
