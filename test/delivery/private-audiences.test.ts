import { eq } from 'drizzle-orm'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { changeComponent } from '../../api/actions/change-component.ts'
import { correctUpdate } from '../../api/actions/correct-update.ts'
import { revokePageLink } from '../../api/actions/make-page-link.ts'
import { planMaintenance, planMaintenanceInput } from '../../api/actions/plan-maintenance.ts'
import { maySee } from '../../api/domain/eyes.ts'
import { deliveries, pageLinks, subscriberLinks, subscribers } from '../../db/schema.ts'
import { newName, someAudience, someComponent, someReader } from '../support/audiences.ts'
import { carrierTo, delivering, START } from '../support/delivering.ts'
import { testSmtp } from '../support/smtp.ts'

const smtp = await testSmtp()
const world = await delivering({ email: carrierTo(smtp) })
const { db, acting, clock } = world
const acme = await someAudience(world, 'acme')
const globex = await someAudience(world, 'globex')
const open = await someComponent(world, newName('Open'))
const vault = await someComponent(world, 'Vault of Acme', [acme])
const relay = await someComponent(world, 'Relay of both', [acme, globex])
const ALL = [open, vault, relay]
const KEPT = new Map([
  [vault.id, [acme.id]],
  [relay.id, [acme.id, globex.id]],
])

afterEach(async () => {
  await db.delete(subscriberLinks)
  await db.delete(subscribers)
  await db.update(pageLinks).set({ revokedAt: null })
  await clock.set(START)
  smtp.received.length = 0
})

/** Who has been sent something about an incident, or is to be. */
const told = async (incidentId: string): Promise<string[]> => {
  const rows = await db.select().from(deliveries).where(eq(deliveries.incidentId, incidentId))
  return [...new Set(rows.filter((row) => row.state !== 'suppressed').map((row) => row.address))].sort()
}
const mailTo = (address: string) => smtp.received.filter(({ to }) => to.includes(address)).map(({ mail }) => mail)
const held = (...components: { id: string }[]) => components.map(({ id }) => ({ id, status: 'major_outage' as const }))

describe('an incident of private components alone', () => {
  it('is told to the readers of their audiences and to nobody else, whatever those have chosen', async () => {
    await someReader(world, 'acme@x.test', [acme.link])
    await someReader(world, 'globex@x.test', [globex.link])
    await someReader(world, 'public@x.test', [])
    await someReader(world, 'knows-the-id@x.test', [], { componentIds: [vault.id] })
    const incident = await world.declare({ components: held(vault) })
    await someReader(world, 'follows@x.test', [], { followedIncidentIds: [incident.id] })
    await world.drain()
    await world.post(incident.id, { body: 'Still on it.' })
    await world.drain()
    expect(await told(incident.id)).toEqual(['acme@x.test'])
    expect(mailTo('acme@x.test').at(-1)!.text).toContain('Vault of Acme')
    expect(smtp.received.flatMap(({ to }) => to).filter((to) => to !== 'acme@x.test')).toEqual([])
  })

  it('is corrected for them alone', async () => {
    await someReader(world, 'acme@x.test', [acme.link])
    await someReader(world, 'leaves@x.test', [globex.link])
    const incident = await world.declare({ components: held(relay) })
    await world.drain()
    const update = await world.post(incident.id, { body: 'It is the disk.' })
    await world.drain()
    await revokePageLink(acting, { audienceId: globex.id }, globex.link.id)
    smtp.received.length = 0
    await correctUpdate(acting, incident.id, update.id, {
      body: 'It is the cable.',
      reason: 'We looked.',
      notify: true,
    })
    await world.drain()
    expect(smtp.received.flatMap(({ to }) => to)).toEqual(['acme@x.test'])
  })
})

describe('an incident of public and private components', () => {
  it('is told to everybody, to each without what they may not see', async () => {
    await someReader(world, 'acme@x.test', [acme.link])
    await someReader(world, 'globex@x.test', [globex.link])
    await someReader(world, 'public@x.test', [])
    const incident = await world.declare({ components: held(open, vault, relay) })
    await world.drain()
    const names = (address: string) =>
      ALL.map(({ name }) => name).filter((name) => JSON.stringify(mailTo(address)).includes(name))
    expect(await told(incident.id)).toEqual(['acme@x.test', 'globex@x.test', 'public@x.test'])
    expect(names('public@x.test')).toEqual([open.name])
    expect(names('globex@x.test')).toEqual([open.name, relay.name])
    expect(names('acme@x.test')).toEqual([open.name, vault.name, relay.name])
  })

  it('is not told by a private component to somebody who chose it and may not see it', async () => {
    await someReader(world, 'chose@x.test', [], { componentIds: [vault.id] })
    const incident = await world.declare({ components: held(open, vault) })
    await world.drain()
    expect(await told(incident.id)).toEqual([])
  })
})

describe('a right that ends', () => {
  it.each([
    ['is revoked', () => revokePageLink(acting, { audienceId: acme.id }, acme.link.id).then(() => {})],
    ['expires', () => clock.set(new Date(acme.link.expiresAt.getTime() + 1)).then(() => {})],
  ])('with the link that %s: nothing more is sent, not even what was queued', async (_, end) => {
    await someReader(world, 'acme@x.test', [acme.link])
    const incident = await world.declare({ components: held(vault) })
    await world.fanOut()
    await end()
    await world.drain()
    expect(mailTo('acme@x.test')).toEqual([])
    const rows = await db.select().from(deliveries).where(eq(deliveries.incidentId, incident.id))
    expect(rows.map((row) => row.state)).not.toContain('accepted')
    await world.post(incident.id, { body: 'Still on it.' })
    await world.drain()
    expect(mailTo('acme@x.test')).toEqual([])
  })

  it('says how many it silences, and leaves them what is public', async () => {
    await someReader(world, 'acme@x.test', [acme.link])
    expect(await revokePageLink(acting, { audienceId: acme.id }, acme.link.id)).toEqual({ readers: 1 })
    const incident = await world.declare({ components: held(open) })
    await world.drain()
    expect(await told(incident.id)).toEqual(['acme@x.test'])
  })

  it('ends for everybody when a component becomes private, and what waits is not sent', async () => {
    const soon = await someComponent(world, newName('Soon private'))
    await someReader(world, 'public@x.test', [])
    const incident = await world.declare({ components: held(soon) })
    await world.fanOut()
    await changeComponent(acting, soon.id, { audience_ids: [acme.id] })
    await world.drain()
    expect(mailTo('public@x.test')).toEqual([])
    expect(await told(incident.id)).toEqual([])
  })
})

it('tells planned work on private components to their audiences alone', async () => {
  await someReader(world, 'acme@x.test', [acme.link])
  await someReader(world, 'public@x.test', [])
  const window = { scheduled_for: '2026-12-01T02:00:00Z', scheduled_until: '2026-12-01T04:00:00Z' }
  const plan = { title: 'New disks', body: 'We change disks.', components: [vault.id], ...window, notify: true }
  await planMaintenance(acting, planMaintenanceInput.parse(plan))
  await world.drain()
  expect(smtp.received.flatMap(({ to }) => to)).toEqual(['acme@x.test'])
})

it('never tells anybody of what they may not see, whoever belongs where', async () => {
  const AUDIENCES = [acme, globex]
  await fc.assert(
    fc.asyncProperty(
      fc.subarray(ALL),
      fc.array(fc.subarray(AUDIENCES), { minLength: 1, maxLength: 4 }),
      fc.array(fc.subarray(ALL), { minLength: 4, maxLength: 4 }),
      async (touched, belonging, choices) => {
        await db.delete(subscriberLinks)
        await db.delete(subscribers)
        for (const [at, audiences] of belonging.entries())
          await someReader(
            world,
            `reader${at}@x.test`,
            audiences.map(({ link }) => link),
            { componentIds: choices[at]!.map(({ id }) => id) },
          )
        const incident = await world.declare({ components: held(...touched) })
        await world.fanOut()
        const rows = await told(incident.id)
        const ids = touched.map(({ id }) => id)
        for (const [at, audiences] of belonging.entries()) {
          const eyes = audiences.map(({ id }) => id)
          const visible = ids.filter((id) => maySee(KEPT, eyes, [id]))
          const chosen = choices[at]!.map(({ id }) => id)
          const hears = maySee(KEPT, eyes, ids) && (chosen.length === 0 || chosen.some((id) => visible.includes(id)))
          expect(rows.includes(`reader${at}@x.test`)).toBe(hears)
        }
      },
    ),
    { numRuns: 25 },
  )
}, 60_000)
