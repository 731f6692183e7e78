import { eq } from 'drizzle-orm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { archiveAudience } from '../../api/actions/archive-audience.ts'
import { archiveComponent, changeComponent } from '../../api/actions/change-component.ts'
import { makePageLink } from '../../api/actions/make-page-link.ts'
import { addAudience } from '../../api/actions/name-audience.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { openAudience } from '../../api/actions/open-page-link.ts'
import { planMaintenance, planMaintenanceInput } from '../../api/actions/plan-maintenance.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import { DAY, plus } from '../../api/domain/duration.ts'
import type { Eyes } from '../../api/domain/eyes.ts'
import { Refusal } from '../../api/domain/refusal.ts'
import { rightsOf } from '../../db/queries/eyes.ts'
import { atOneInstant } from '../../db/queries/snapshot.ts'
import {
  publicIncidentComponents,
  publicIncidents,
  publicMaintenances,
  publicSpans,
  publicUpdates,
  shownComponents,
  shownGroups,
} from '../../db/schema/views.ts'
import { audiences, auditLog } from '../../db/schema.ts'
import { newName, someAudience, someComponent, someReader } from '../support/audiences.ts'
import { delivering } from '../support/delivering.ts'

const world = await delivering()
const { db, clock, acting } = world
let count = 0
const audience = () => someAudience(world, `audience-${count++}`)
const refusalOf = (work: Promise<unknown>): Promise<Refusal> =>
  work.then(
    () => expect.fail('it was done'),
    (refusal) => refusal,
  )

describe('archiving an audience', () => {
  it('ends its links and the rights of its readers, says how many, and is on record', async () => {
    const acme = await audience()
    const reader = await someReader(world, 'lena@acme.test', [acme.link])
    expect(await archiveAudience(acting, acme.id)).toEqual({ readers: 1 })
    expect((await rightsOf(db, [reader.id])).size).toBe(0)
    await expect(openAudience(acting, db, acme.slug, acme.token)).rejects.toMatchObject({ kind: 'gone' })
    const [told] = await db
      .select()
      .from(auditLog)
      .where(eq(auditLog.subjectId, acme.id))
      .orderBy(auditLog.id)
      .offset(1)
    expect(told).toMatchObject({ action: 'audience.archived', before: { slug: acme.slug }, after: { readers: 1 } })
  })

  it('is refused while a component is shown to it alone, and changes nothing', async () => {
    const acme = await audience()
    const vault = await someComponent(world, newName('Vault'), [acme])
    const refusal = await refusalOf(archiveAudience(acting, acme.id))
    expect(refusal).toMatchObject({ kind: 'conflict' })
    expect(refusal.message).toContain(vault.name)
    expect((await openAudience(acting, db, acme.slug, acme.token)).id).toBe(acme.id)
  })

  it('leaves what others see to them, and to nobody else', async () => {
    const [acme, globex] = [await audience(), await audience()]
    const relay = await someComponent(world, newName('Relay'), [acme, globex])
    await archiveAudience(acting, acme.id)
    expect(await seen([])).not.toContain(relay.id)
    expect(await seen([globex.id])).toContain(relay.id)
    expect(await refusalOf(archiveAudience(acting, globex.id))).toMatchObject({ kind: 'conflict' })
  })

  it('leaves the past of a component that was archived before as hidden as it was', async () => {
    const acme = await audience()
    const vault = await someComponent(world, newName('Vault'), [acme])
    const held = [{ id: vault.id, status: 'major_outage' as const }]
    const { id } = await openIncident(acting, { title: 'Shut', severity: 'SEV2', body: 'Shut.', components: held })
    await postUpdate(acting, id, { body: 'Open.', status: 'resolved' })
    await archiveComponent(acting, vault.id)
    await archiveAudience(acting, acme.id)
    expect(await seen([])).not.toContain(id)
  })

  it('keeps its name in addresses, and takes neither links, names nor components any more', async () => {
    const acme = await audience()
    await archiveAudience(acting, acme.id)
    expect(await refusalOf(addAudience(acting, { slug: acme.slug, name: 'Again' }))).toMatchObject({ kind: 'invalid' })
    expect(await refusalOf(makePageLink(acting, { audienceId: acme.id }, { name: 'x' }))).toMatchObject({
      kind: 'not_found',
    })
    expect(await refusalOf(someComponent(world, newName('Late'), [acme]))).toMatchObject({ kind: 'invalid' })
    expect(await refusalOf(archiveAudience(acting, acme.id))).toMatchObject({ kind: 'not_found' })
  })

  it('and showing a component to it at the same moment: one of the two is refused', async () => {
    for (let round = 0; round < 5; round++) {
      const acme = await audience()
      const vault = await someComponent(world, newName('Vault'))
      const both = await Promise.allSettled([
        archiveAudience(acting, acme.id),
        changeComponent(acting, vault.id, { audience_ids: [acme.id] }),
      ])
      expect(both.filter(({ status }) => status === 'rejected')).toHaveLength(1)
    }
  })
})

/** Everything that somebody with these eyes is shown, by its id. */
const seen = (eyes: Eyes): Promise<string[]> =>
  atOneInstant(
    db,
    async (tx) => {
      const shown = []
      for (const view of [shownComponents, shownGroups, publicIncidents, publicUpdates, publicMaintenances])
        shown.push(...(await tx.select({ id: view.id }).from(view)).map(({ id }) => id))
      for (const view of [publicIncidentComponents, publicSpans])
        shown.push(...(await tx.select({ id: view.componentId }).from(view)).map(({ id }) => `named ${id}`))
      return [...new Set(shown)].toSorted()
    },
    eyes,
  )

const step = fc.oneof(
  fc.record({ does: fc.constant('adds' as const), of: fc.subarray([0, 1, 2]) }),
  fc.record({ does: fc.constant('shows' as const), which: fc.nat(5), of: fc.subarray([0, 1, 2], { minLength: 1 }) }),
  fc.record({
    does: fc.constant('declares' as const),
    which: fc.array(fc.nat(5), { maxLength: 3 }),
    ends: fc.boolean(),
  }),
  fc.record({ does: fc.constant('plans' as const), which: fc.array(fc.nat(5), { minLength: 1, maxLength: 2 }) }),
  fc.record({ does: fc.constant('archives' as const), which: fc.nat(5) }),
  fc.record({ does: fc.constant('ends' as const), which: fc.nat(2) }),
)

it('makes nothing public, and shows no other audience more, whatever was done before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
      const three = [await audience(), await audience(), await audience()]
      const made: string[] = []
      const one = (which: number) => made[which % made.length]!
      const distinct = (which: readonly number[]) => (made.length > 0 ? [...new Set(which.map(one))] : [])
      const idsOf = (of: readonly number[]) => of.map((each) => three[each]!.id)
      for (const todo of steps) {
        const before = await Promise.all([[], ...three.map(({ id }) => [id])].map(seen))
        const done = await attempt(async () => {
          switch (todo.does) {
            case 'adds':
              return made.push(
                (
                  await someComponent(
                    world,
                    newName('Part'),
                    idsOf(todo.of).map((id) => ({ id })),
                  )
                ).id,
              )
            case 'shows':
              return made.length > 0 && changeComponent(acting, one(todo.which), { audience_ids: idsOf(todo.of) })
            case 'declares':
              return declare(distinct(todo.which), todo.ends)
            case 'plans':
              return made.length > 0 && plan(distinct(todo.which))
            case 'archives':
              return made.length > 0 && archiveComponent(acting, one(todo.which))
            case 'ends':
              return archiveAudience(acting, three[todo.which]!.id)
          }
        })
        if (todo.does !== 'ends' || !done) continue
        const after = await Promise.all([[], ...three.map(({ id }) => [id])].map(seen))
        expect(after[0]).toEqual(before[0])
        for (const [at, shown] of after.entries()) expect(before[at]).toEqual(expect.arrayContaining(shown))
      }
    }),
    { numRuns: 20 },
  )
  expect(await db.$count(audiences)).toBeGreaterThan(60)
}, 120_000)

/** Does something that may be refused; whether it was done. */
const attempt = (work: () => Promise<unknown>): Promise<boolean> =>
  work().then(
    () => true,
    (refusal) => {
      if (!(refusal instanceof Refusal)) throw refusal
      return false
    },
  )

async function declare(ids: readonly string[], ends: boolean): Promise<void> {
  const components = ids.map((id) => ({ id, status: 'major_outage' as const }))
  const { id } = await openIncident(acting, { title: 'Something', severity: 'SEV2', body: 'Something.', components })
  if (ends) await postUpdate(acting, id, { body: 'Over.', status: 'resolved' })
}

async function plan(components: string[]): Promise<void> {
  const now = await clock(db)
  const window = { scheduled_for: plus(now, DAY).toISOString(), scheduled_until: plus(now, 2 * DAY).toISOString() }
  await planMaintenance(acting, planMaintenanceInput.parse({ title: 'Work', body: 'Work.', components, ...window }))
}
