import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Renderer } from '../../api/publish/documents.ts'
import type { Database, Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { recordChange, type SiteChange } from '../../db/queries/site-changes.ts'
import { components, incidentComponents, incidents, organisation, updates } from '../../db/schema.ts'
import { afterwards } from './afterwards.ts'

/** A folder of the test's own, taken away after the file's last test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sitrep-site-'))
  afterwards(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Prints what pages are handed, as text in a page; enough wherever looks are not the point. */
export const plainRenderer = (buildId = 'plain'): Renderer => ({
  buildId,
  render: async (route, data, language = 'en') =>
    `<!doctype html><title>${route}</title><style>p{color:red}</style><pre>${JSON.stringify({ language, ...data }).replaceAll('<', '\\u003c')}</pre>`,
})

export const change = (db: Database | Transaction, what: SiteChange, when: Date): Promise<number> =>
  db.transaction((tx) => recordChange(tx as Transaction, what, when))

export async function setUpOrganisation(db: Database, when: Date, name = 'Northwind Cloud'): Promise<void> {
  await db.insert(organisation).values({ name, shortName: 'Northwind', pageId: 'northwind000', createdAt: when })
  await change(db, { topic: 'organisation' }, when)
}

export async function addComponent(db: Database, when: Date, own: Partial<typeof components.$inferInsert> = {}) {
  const id = own.id ?? newId()
  await db.insert(components).values({ name: 'Login', position: 1, createdAt: when, updatedAt: when, ...own, id })
  await change(db, { topic: 'components' }, when)
  return id
}

interface IncidentRow extends Partial<typeof incidents.$inferInsert> {
  /** Component ids that it holds in major outage. */
  holds?: string[]
}

/** An incident with one published update, as an action would leave it. */
export async function addIncident(db: Database, when: Date, { holds = [], ...own }: IncidentRow = {}): Promise<string> {
  const id = own.id ?? newId()
  await db.insert(incidents).values({
    title: 'Sign-in fails',
    severity: 'SEV1',
    warRoom: { bridge_url: null, channel_url: null, documents: [] },
    startedAt: when,
    declaredAt: when,
    lastSpokeAt: when,
    firstPublicUpdateAt: when,
    publicSince: when,
    cadenceVersion: 1,
    createdAt: when,
    ...own,
    id,
  })
  for (const componentId of holds)
    await db.insert(incidentComponents).values({ incidentId: id, componentId, status: 'major_outage' })
  await addUpdate(db, id, when, { seq: 1, audience: own.visibility ?? 'public' })
  return id
}

export async function addUpdate(
  db: Database,
  incidentId: string,
  when: Date,
  own: Partial<typeof updates.$inferInsert> & { seq: number },
): Promise<void> {
  const body = own.body ?? `Word ${own.seq} about it.`
  await db.insert(updates).values({
    id: newId(),
    incidentId,
    audience: 'public',
    state: 'published',
    status: 'investigating',
    severity: 'SEV1',
    headline: body.slice(0, 90),
    body,
    affected: [],
    createdAt: when,
    publishedAt: when,
    answeredSeq: 1,
    ...own,
  })
  await change(db, { topic: 'incident', incidentId }, when)
}
