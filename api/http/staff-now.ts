import { atOneInstant, firstDayOfWeek, readSnapshot } from '../../db/queries/snapshot.ts'
import {
  audienceNames,
  concernedNames,
  incidentsForStaff,
  type StaffIncidentRow,
  type StaffNote,
  staffNotesOf,
} from '../../db/queries/staff-notes.ts'
import { incidentUrl } from '../domain/addresses.ts'
import { maintenanceView } from '../domain/maintenance-view.ts'
import { renderHtml, renderText } from '../domain/markdown.ts'
import { overallState } from '../domain/overall.ts'
import { companyOf } from '../domain/page-views.ts'
import type { IncidentSeen, Snapshot } from '../domain/snapshot.ts'
import type { StaffComponent, StaffIncident, StaffNoteView, StaffPage } from '../domain/staff-page.ts'
import type { World } from './world.ts'

/** Everything that the staff page and its feeds are made of, read at one instant. */
export interface StaffNow {
  snapshot: Snapshot
  rows: StaffIncidentRow[]
  concerned: ReadonlyMap<string, string[]>
  notes: StaffNote[]
  audiences: ReadonlyMap<string, string[]>
}

/** What staff may see now: what any audience sees, through the same snapshot, and beside it what is theirs alone. */
export const readStaffNow = (world: Pick<World, 'db'>, now: Date): Promise<StaffNow> =>
  atOneInstant(
    world.db,
    async (tx) => {
      const rows = await incidentsForStaff(tx, firstDayOfWeek(now))
      const ids = rows.map((row) => row.id)
      return {
        snapshot: await readSnapshot(tx),
        rows,
        concerned: await concernedNames(tx, ids),
        notes: await staffNotesOf(tx, ids),
        audiences: await audienceNames(tx),
      }
    },
    'all',
  )

/** An incident of the snapshot by its id. */
export const seenIncident = ({ open, recent, newest }: Snapshot, id: string): IncidentSeen | null =>
  [...open, ...recent, ...newest].find((incident) => incident.id === id) ?? null

/** The page, ready to print. */
export function staffPage(
  { snapshot, rows, concerned, notes, audiences }: StaffNow,
  { urls, now, ...paths }: { urls: World['urls']; now: Date } & Pick<StaffPage, 'feeds' | 'subscribe'>,
): StaffPage {
  const views = rows.map((row) =>
    incidentForStaff(row, seenIncident(snapshot, row.id), {
      site: urls.site,
      components: concerned.get(row.id) ?? [],
      notes: notes.filter((note) => note.incidentId === row.id),
      privately: !publicly(snapshot, audiences, row.id),
    }),
  )
  return {
    company: companyOf(snapshot, { publicUrl: urls.site, apiUrl: urls.api }),
    at: now.toISOString(),
    state: overallState(snapshot),
    open: views.filter((incident) => incident.resolvedAt === null),
    past: views.filter((incident) => incident.resolvedAt !== null),
    components: componentsForStaff(snapshot, audiences),
    maintenances: snapshot.maintenances.map((maintenance) => maintenanceView(snapshot, maintenance)),
    ...paths,
  }
}

/** Whether everybody may see an incident of the snapshot: it names nothing, or something that is not private. */
function publicly(snapshot: Snapshot, audiences: ReadonlyMap<string, string[]>, id: string): boolean {
  const named = seenIncident(snapshot, id)?.components ?? []
  return named.length === 0 || named.some((component) => !audiences.has(component.id))
}

interface Beside {
  site: string
  components: string[]
  notes: StaffNote[]
  privately: boolean
}

function incidentForStaff(
  row: StaffIncidentRow,
  seen: IncidentSeen | null,
  { site, components, notes, privately }: Beside,
): StaffIncident {
  const url = seen && !privately ? incidentUrl(site, row.id) : null
  const [newest] = seen?.updates ?? []
  const answer = newest && [renderText(newest.body), ...(url ? [url] : [])].join('\n\n')
  return {
    id: row.id,
    title: row.title,
    severity: row.severity,
    status: row.status,
    visibility: row.visibility,
    startedAt: row.startedAt.toISOString(),
    resolvedAt: row.resolvedAt?.toISOString() ?? null,
    components,
    url,
    said: newest ? { at: newest.publishedAt.toISOString(), html: renderHtml(newest.body), answer: answer! } : null,
    dueAt: seen?.nextUpdateDueAt?.toISOString() ?? null,
    late: seen?.late ?? false,
    notes: notes.map(noteView),
  }
}

/** A note as it is printed. */
export const noteView = (note: StaffNote): StaffNoteView => ({
  id: note.id,
  kind: note.kind,
  at: note.at.toISOString(),
  by: note.author,
  text: note.text,
  html: renderHtml(note.text),
})

const componentsForStaff = (snapshot: Snapshot, audiences: ReadonlyMap<string, string[]>): StaffComponent[] =>
  snapshot.components
    .map(({ id, name, status }) => ({ id, name, status, audiences: audiences.get(id) ?? [] }))
    .filter((component) => component.status !== 'operational' || component.audiences.length > 0)
