import type { Transaction } from '../../db/client.ts'
import type { Known } from '../../db/queries/known.ts'
import { readComponentRecord, readMonth } from '../../db/queries/public-history.ts'
import { readIncidents } from '../../db/queries/public-incidents.ts'
import { maintenancesAfter, readMaintenances } from '../../db/queries/public-maintenances.ts'
import { changesSince, readSnapshot, timeOfRevision } from '../../db/queries/snapshot.ts'
import { monthBounds, monthsSince, utcMonth } from '../domain/days.ts'
import { recordWithNewWords, withNewWords } from '../domain/new-words.ts'
import type { SiteAddress } from '../domain/page-views.ts'
import { LANGUAGES } from '../domain/pages.ts'
import type {
  ComponentRecord,
  ComponentSeen,
  IncidentSeen,
  MaintenanceSeen,
  MonthSeen,
  Snapshot,
} from '../domain/snapshot.ts'
import {
  folderOf,
  type Making,
  makeComponent,
  makeIncident,
  makeMaintenance,
  makeMonth,
  makeSingle,
  type Renderer,
} from './documents.ts'
import type { Memo } from './memo.ts'
import { type Job, type Press, print } from './press.ts'
import type { SiteFile } from './target.ts'
import { type RecordedChange, type Touched, touchedBy } from './touched.ts'
import type { TouchedFacts } from './touched-facts.ts'

/** What has changed since a revision and what that touches; null where it touches everything. */
export async function readTouched(reading: Transaction, since: number, known?: Known): Promise<TouchedFacts | null> {
  const changes: (RecordedChange & { hidden: boolean })[] = await changesSince(reading, since)
  if (changes.some(({ topic }) => topic === 'organisation' || topic === 'audiences')) return null
  const visible = changes.filter((change) => !change.hidden)
  const before = await newWords(reading, since, changes, known)
  // Asked without waiting for one another's answers: to wait for one costs more than it takes to find.
  const [snapshot, sinceWhen, maintenances] = await Promise.all([
    before?.snapshot ?? readSnapshot(reading, known),
    timeOfRevision(reading, since),
    readMaintenances(reading, idsIn(visible, 'maintenanceId')),
  ])
  const incidents = await spokenOf(reading, idsIn(visible, 'incidentId'), snapshot, known)
  const spoken = { snapshot, since: sinceWhen ?? snapshot.began, incidents, maintenances }
  const touched = touchedBy(visible, spoken)
  const [components, months] = await Promise.all([
    recordsOf(reading, snapshot, touched, before?.records ?? [], known),
    monthsOf(reading, snapshot, touched),
  ])
  if (known) remember(known, changes, { snapshot, records: [...(before?.records ?? []), ...components] })
  return {
    changes,
    snapshot,
    singles: touched.singles,
    incidents: [...snapshot.open, ...spoken.incidents.filter(({ id }) => !isIn(snapshot.open, id))].filter(({ id }) =>
      touched.incidents.has(id),
    ),
    maintenances: touched.all.has('maintenances') ? await allMaintenances(reading) : spoken.maintenances,
    components,
    months,
    hidden: changes.flatMap(({ hidden, incidentId, maintenanceId }) =>
      hidden ? (incidentId ?? maintenanceId ?? []) : [],
    ),
    gone: [...touched.components].filter((id) => !isIn(snapshot.components, id)),
    goneMonths: goneMonths(visible, snapshot),
  }
}

/** What was read for the revision before: a snapshot, and records of components. */
interface ReadBefore {
  snapshot: Snapshot
  records: readonly ComponentRecord[]
}
const READ_BEFORE = 'read before'

const remember = (known: Known, changes: readonly RecordedChange[], read: ReadBefore): void =>
  known.keep(READ_BEFORE, changes.at(-1)!.revision, {
    ...read,
    records: [...new Map(read.records.map((record) => [record.component.id, record])).values()],
  })

/**
 * Most posts give one incident new words and move nothing else. Then what was read for the revision before still holds
 * but for that incident, and is not read again. Null where something else has changed, or nothing is remembered.
 */
async function newWords(
  reading: Transaction,
  since: number,
  changes: readonly (RecordedChange & { hidden: boolean })[],
  known?: Known,
): Promise<ReadBefore | null> {
  const before = known?.get<ReadBefore>(READ_BEFORE, since)
  const newest = changes.at(-1)
  if (!before || !newest || !changes.every(givesNewWords)) return null
  const fresh = await readIncidents(reading, idsIn(changes, 'incidentId'), known)
  const snapshot = withNewWords(before.snapshot, fresh, newest)
  return snapshot && { snapshot, records: before.records.map((record) => recordWithNewWords(record, fresh)) }
}

const givesNewWords = (change: RecordedChange & { hidden: boolean }): boolean =>
  change.topic === 'incident' && !change.hidden && !change.movedEntry && !change.movedComponents

/** Incidents by their ids; most are in the snapshot already. */
async function spokenOf(
  reading: Transaction,
  ids: readonly string[],
  { open, recent, newest }: Snapshot,
  known?: Known,
): Promise<IncidentSeen[]> {
  const seen = new Map([...open, ...recent, ...newest].map((incident) => [incident.id, incident]))
  const others = await readIncidents(
    reading,
    ids.filter((id) => !seen.has(id)),
    known,
  )
  return [...ids.flatMap((id) => seen.get(id) ?? []), ...others]
}

function goneMonths(changes: readonly RecordedChange[], { began, last }: Snapshot): string[] {
  const first = utcMonth(began)
  const earliest = changes.reduce((month, { leftMonth }) => (leftMonth && leftMonth < month ? leftMonth : month), first)
  return monthsSince(monthBounds(earliest).from, last.at).filter((month) => month < first)
}

const idsIn = (changes: readonly RecordedChange[], field: 'incidentId' | 'maintenanceId'): string[] => [
  ...new Set(changes.flatMap((change) => change[field] ?? [])),
]

const isIn = (list: readonly { id: string }[], id: string): boolean => list.some((each) => each.id === id)

async function recordsOf(
  reading: Transaction,
  snapshot: Snapshot,
  { all, components }: Touched,
  before: readonly ComponentRecord[],
  known?: Known,
): Promise<ComponentRecord[]> {
  const wanted = snapshot.components.filter(({ id }) => all.has('components') || components.has(id))
  const recordOf = (component: ComponentSeen) =>
    before.find((record) => record.component.id === component.id) ?? readComponentRecord(reading, component, known)
  return Promise.all(wanted.map(recordOf))
}

async function monthsOf(reading: Transaction, snapshot: Snapshot, { all, months }: Touched): Promise<MonthSeen[]> {
  const known = monthsSince(snapshot.began, snapshot.last.at)
  const wanted = known.filter((month) => all.has('months') || months.has(month))
  return Promise.all(wanted.map((month) => readMonth(reading, month, snapshot)))
}

async function allMaintenances(reading: Transaction): Promise<MaintenanceSeen[]> {
  const all: MaintenanceSeen[] = []
  for (let after = ''; ; after = all.at(-1)!.id) {
    const next = await maintenancesAfter(reading, after, 500)
    if (next.length === 0) return all
    all.push(...next)
  }
}

interface Means {
  renderer: Renderer
  address: SiteAddress
  memo?: Memo
}

/** Puts the touched documents in place: what is pointed to before what points to it, `/` last. */
export async function printTouched(press: Press, facts: TouchedFacts, { renderer, address, memo }: Means) {
  const { snapshot } = facts
  const making: Making = { snapshot, address, renderer }
  const revision = `${renderer.buildId} ${press.edition.page} ${press.edition.revision}`
  const job =
    (document: string, make: () => Promise<SiteFile[]>): Job =>
    () =>
      memo ? memo.files(revision, document, make) : make()
  const current = utcMonth(snapshot.last.at)
  const singles = [...facts.singles].filter((key) => key !== 'home')
  await print(press, [
    ...facts.incidents.map((each) => job(each.id, () => makeIncident(each, making))),
    ...facts.maintenances.map((each) => job(each.id, () => makeMaintenance(each, making))),
    ...facts.components.map((each) => job(each.component.id, () => makeComponent(each, making))),
    ...facts.months.map((each) => job(each.month, () => makeMonth(each, making, each.month === current))),
  ])
  await print(
    press,
    singles.map((key) => job(key, () => makeSingle(key, making))),
  )
  if (facts.singles.has('home')) await print(press, [job('home', () => makeSingle('home', making))])
  await press.outbox.delivered()
  for (const id of facts.gone) await dropComponent(press, id)
  for (const month of facts.goneMonths) await dropMonth(press, month)
}

async function dropComponent({ target }: Press, id: string): Promise<void> {
  const files = (await target.list()).filter((path) => path.includes(`components/${id}`))
  for (const path of files) await target.remove(path)
}

async function dropMonth({ target }: Press, month: string): Promise<void> {
  const pages = LANGUAGES.map((language) => `${folderOf(language)}history/${month}/index.html`)
  for (const path of [...pages, `sitemap-${month}.xml`]) await target.remove(path)
}
