import { incidentUrl, maintenanceUrl } from '../../domain/addresses.ts'
import type { IncidentStatus } from '../../domain/lifecycle.ts'
import type { MaintenanceStatus } from '../../domain/maintenance.ts'
import type {
  ComponentRecord,
  HoldingNoticeSeen,
  IncidentSeen,
  MaintenanceSeen,
  MaintenanceUpdateSeen,
  Snapshot,
  UpdateSeen,
} from '../../domain/snapshot.ts'
import { say } from './words.ts'

/** How many entries a feed has at most, so that none grows with history. */
const ENTRIES = 50

/** An incident or a maintenance as feeds tell it. */
export interface Thread {
  kind: 'Incident' | 'Maintenance'
  id: string
  title: string
  url: string
  createdAt: Date
  /** For when it is planned; null for incidents. */
  plan: { from: Date; until: Date; body: string } | null
  /** Newest first. */
  tellings: readonly Telling[]
}

/** One update, of an incident or of a maintenance. */
export interface Telling {
  id: string
  /** Its own place on the page of its thread. */
  anchor: string
  /** What it says in one word: "Resolved", "Started". */
  word: string
  status: IncidentStatus | MaintenanceStatus
  /** As it reads now. */
  body: string
  at: Date
  /** When it was last corrected; null where it reads as it was first published. */
  correctedAt: Date | null
  /** Why the incident was declared by mistake, where this says so. */
  retractionReason: string | null
}

/** The threads with the newest word in them, at most 50, the newest first: incidents and maintenance alike. */
export const threadsOf = (snapshot: Snapshot, site: string): Thread[] =>
  newestThreads(
    [...snapshot.open, ...snapshot.newest],
    [...snapshot.maintenances, ...snapshot.newestMaintenances],
    site,
  )

/** The same of those that named one component. */
export const threadsAbout = ({ incidents, maintenances }: ComponentRecord, site: string): Thread[] =>
  newestThreads(incidents, maintenances, site)

/** The newest updates of these threads, at most 50, the newest first. */
export const newestTellings = (threads: readonly Thread[]): { thread: Thread; telling: Telling }[] =>
  threads
    .flatMap((thread) => thread.tellings.map((telling) => ({ thread, telling })))
    .sort((one, other) => newestFirst(one.telling.at, other.telling.at) || byId(one.telling, other.telling))
    .slice(0, ENTRIES)

/** When a thread last had something new to tell; a correction tells nothing new. */
export const lastToldAt = ({ tellings, createdAt }: Thread): Date => tellings[0]?.at ?? createdAt

/** When a thread last came to read differently: its newest update or correction. */
export const lastEditedAt = (thread: Thread): Date =>
  thread.tellings.reduce(
    (latest, { correctedAt }) => (correctedAt !== null && correctedAt > latest ? correctedAt : latest),
    lastToldAt(thread),
  )

/** A record may come to us by two ways, such as "open" and "newest"; it is told once. */
function newestThreads(incidents: IncidentSeen[], maintenances: MaintenanceSeen[], site: string): Thread[] {
  const threads = [
    ...incidents.map((incident) => incidentThread(incident, site)),
    ...maintenances.map((maintenance) => maintenanceThread(maintenance, site)),
  ]
  return [...new Map(threads.map((thread) => [thread.url, thread])).values()]
    .sort((one, other) => newestFirst(lastToldAt(one), lastToldAt(other)) || byId(one, other))
    .slice(0, ENTRIES)
}

const newestFirst = (one: Date, other: Date): number => other.getTime() - one.getTime()
const byId = (one: { id: string }, other: { id: string }): number => one.id.localeCompare(other.id)

const incidentThread = ({ id, title, createdAt, updates, notices, status }: IncidentSeen, site: string): Thread => ({
  kind: 'Incident',
  id,
  title,
  url: incidentUrl(site, id),
  createdAt,
  plan: null,
  tellings: withNotices(tellingsOf(updates), notices, status),
})

/** Of what has been read once and has not changed since, the same: feeds tell the same words at every post. */
export function tellingsOf(updates: readonly UpdateSeen[]): readonly Telling[] {
  const known = toldBefore.get(updates)
  if (known) return known
  const tellings = updates.map(incidentTelling)
  toldBefore.set(updates, tellings)
  return tellings
}

/** With what was told by itself of silences, labelled; a thread without any stays the same one. */
export const withNotices = (
  tellings: readonly Telling[],
  notices: readonly HoldingNoticeSeen[],
  status: IncidentStatus,
): readonly Telling[] =>
  notices.length === 0
    ? tellings
    : [...tellings, ...notices.map((notice) => noticeTelling(notice, status))].toSorted((one, other) =>
        newestFirst(one.at, other.at),
      )

const noticeTelling = ({ id, words, publishedAt }: HoldingNoticeSeen, status: IncidentStatus): Telling => ({
  id,
  anchor: `n-${id}`,
  word: say('automatic_notice'),
  status,
  body: words.en,
  at: publishedAt,
  correctedAt: null,
  retractionReason: null,
})

const toldBefore = new WeakMap<readonly UpdateSeen[], readonly Telling[]>()

const maintenanceThread = (maintenance: MaintenanceSeen, site: string): Thread => ({
  kind: 'Maintenance',
  id: maintenance.id,
  title: maintenance.title,
  url: maintenanceUrl(site, maintenance.id),
  createdAt: maintenance.createdAt,
  plan: { from: maintenance.scheduledFor, until: maintenance.scheduledUntil, body: maintenance.body },
  tellings: maintenance.updates.map(maintenanceTelling),
})

const incidentTelling = (update: UpdateSeen): Telling => {
  const { id, seq, status, body, publishedAt, corrections, retractionReason, mergedInto } = update
  return {
    id,
    anchor: `u${seq}`,
    word: say(mergedInto ? 'status_merged' : retractionReason === null ? `status_${status}` : 'status_retracted'),
    status,
    body,
    at: publishedAt,
    correctedAt: corrections[0]?.createdAt ?? null,
    retractionReason,
  }
}

const maintenanceTelling = ({ id, seq, step, status, body, publishedAt }: MaintenanceUpdateSeen): Telling => ({
  id,
  anchor: `u${seq}`,
  word: say(`step_${step}`),
  status,
  body,
  at: publishedAt,
  correctedAt: null,
  retractionReason: null,
})
