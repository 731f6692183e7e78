import { listDrafts } from '../../../db/queries/alert-drafts.ts'
import { lastAlertsOf, lastResolved, wordsOf } from '../../../db/queries/console-home.ts'
import { onTheWay } from '../../../db/queries/health.ts'
import { componentsHeldBy, type Incident, openIncidents } from '../../../db/queries/incidents.ts'
import { namesOfPeople } from '../../../db/queries/names.ts'
import { isOverdue } from '../../domain/cadence.ts'
import { stripLine } from '../../domain/console-lines.ts'
import type { HomeScreen, OpenIncident } from '../../domain/screens.ts'
import { healthForStaff } from '../health.ts'
import { type Call, route } from '../route.ts'
import { draftRow } from './alert-drafts.ts'
import { show } from './page.ts'
import { shellOf } from './shell.ts'

export const homeRoutes = [
  route({
    method: 'GET',
    path: '/console',
    door: 'page',
    access: 'viewer',
    summary: 'What is open, the nearest promise first',
    tag: 'Console',
    handle: async (call) => show(call.world, 'console/home', await homeScreen(call)),
  }),
]

/** More than anybody looks through; the newest are shown, the rest come when these are decided. */
const MOST_DRAFTS = 20

async function homeScreen(call: Call): Promise<HomeScreen> {
  const { acting } = call
  const shell = await shellOf(call)
  const open = await openIncidents(acting.db)
  const facts = await factsOf(call, open)
  const incidents = open.map((incident) => openRow(incident, facts, new Date(shell.now), acting.actor.personId))
  const drafts = await listDrafts(acting.db, { states: ['open'], limit: MOST_DRAFTS })
  const lastResolvedAt = (await lastResolved(acting.db))?.toISOString() ?? null
  const [health, waiting] = [await healthForStaff(call.world), await onTheWay(acting.db)]
  return { shell, incidents, drafts: drafts.map(draftRow), lastResolvedAt, health, onTheWay: waiting }
}

type Facts = Awaited<ReturnType<typeof factsOf>>

async function factsOf({ acting: { db } }: Call, open: readonly Incident[]) {
  const ids = open.map((incident) => incident.id)
  const commanders = open.map((incident) => incident.commanderId)
  return {
    held: await componentsHeldBy(db, ids),
    words: await wordsOf(db, ids),
    alerts: await lastAlertsOf(db, ids),
    names: await namesOfPeople(db, commanders),
  }
}

function openRow(incident: Incident, facts: Facts, now: Date, viewerId: string | null): OpenIncident {
  const { id, commanderId, startedAt, nextUpdateDueAt: dueAt } = incident
  const alert = facts.alerts.get(id)
  return {
    id,
    title: incident.title,
    severity: incident.severity,
    status: incident.status,
    visibility: incident.visibility,
    components: (facts.held.get(id) ?? []).map((component) => component.name),
    commander: commanderId
      ? { name: facts.names.get(commanderId) ?? 'somebody', isViewer: commanderId === viewerId }
      : null,
    startedAt: startedAt.toISOString(),
    dueAt: dueAt?.toISOString() ?? null,
    late: isOverdue(dueAt, now),
    lastAlert: alert ? { at: alert.at.toISOString(), to: alert.to.length > 0 ? alert.to : ['nobody yet'] } : null,
    line: stripLine({ startedAt, spokeAt: facts.words.get(id) ?? [], dueAt, now }),
  }
}
