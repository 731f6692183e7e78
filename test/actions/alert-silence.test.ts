import { eq, inArray, sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { alertSilence } from '../../api/actions/alert-silence.ts'
import { fanOutStep } from '../../api/delivery/fan-out.ts'
import { alerts, announcements, cadencePolicies, deliveries, incidents } from '../../db/schema.ts'
import { actingAs } from '../support/acting.ts'
import { testDatabase } from '../support/database.ts'
import { openMany, setDeadlines } from '../support/many-open.ts'

const ALL = 260
const BROKEN = 120
const CHANNELS = ['email'] as const

const { db, clock } = await testDatabase()
const acting = actingAs(db, clock)
await openMany(db, ALL)
const ids = (await db.select({ id: incidents.id }).from(incidents).orderBy(incidents.id)).map(({ id }) => id)

const broken = () => ids.slice(0, BROKEN)
const alerted = async () =>
  (await db.select().from(alerts).where(eq(alerts.rung, 'due'))).map(({ incidentId }) => incidentId).sort()
const stillDue = async () =>
  (await db.select().from(incidents).where(sql`${incidents.nextRungAt} <= sitrep_now()`)).map(({ id }) => id).sort()

/** What makes one of them fail, and how it is mended. */
const TROUBLES = {
  'a policy that nobody can read': {
    async begin() {
      await db.insert(cadencePolicies).values({ version: 99, policy: {} as never })
      await db.update(incidents).set({ cadenceVersion: 99 }).where(inArray(incidents.id, broken()))
    },
    end: () => db.update(incidents).set({ cadenceVersion: 1 }).where(eq(incidents.cadenceVersion, 99)),
  },
  'a line that the database refuses': {
    async begin() {
      await db.$client.unsafe(`
        create table unlucky as select id from incidents order by id limit ${BROKEN};
        create function refuse_unlucky() returns trigger language plpgsql as $$ begin
          if new.incident_id in (select id from unlucky) then raise exception 'unlucky'; end if;
          return new;
        end $$;
        create trigger unlucky before insert on timeline_entries for each row execute function refuse_unlucky()`)
    },
    end: () => db.$client.unsafe('drop trigger unlucky on timeline_entries'),
  },
}

describe.each(Object.entries(TROUBLES))('rungs that cannot be decided for %s', (_, trouble) => {
  beforeEach(async () => {
    await db.delete(deliveries)
    await db.delete(announcements)
    await db.delete(alerts)
    await db.execute(sql`update incidents set next_rung_at = sitrep_now() + interval '1 hour'`)
    await setDeadlines(db, ALL, { after: 0, apart: 1 })
    await clock.advance(10_000)
  })

  it('keep no other waiting, are named, and are decided once they can be', async () => {
    await trouble.begin()
    await expect(alertSilence(acting)).rejects.toThrow(`${BROKEN} of ${ALL} failed`)
    expect(await alerted()).toEqual(ids.slice(BROKEN))
    expect(await stillDue()).toEqual(broken())
    await trouble.end()
    expect(await alertSilence(acting)).toBe(BROKEN)
    expect(await alerted()).toEqual(ids)
    expect(await db.$count(announcements)).toBe(ALL)
  })
})

it('alerts that cannot be told keep no other waiting, are named, and are told once they can be', async () => {
  const policy = TROUBLES['a policy that nobody can read']
  await db.update(incidents).set({ cadenceVersion: 99 }).where(inArray(incidents.id, broken()))
  const told = async () => (await db.select().from(deliveries)).map(({ incidentId }) => incidentId!).sort()
  await expect(fanOutStep(db, CHANNELS)).rejects.toThrow(`${BROKEN} of ${ALL} failed`)
  expect(await told()).toEqual(ids.slice(BROKEN))
  await policy.end()
  expect(await fanOutStep(db, CHANNELS)).toBe(true)
  expect(await told()).toEqual(ids)
  expect(await fanOutStep(db, CHANNELS)).toBe(false)
})
