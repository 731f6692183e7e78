import type { IncidentStatus } from '../../domain/lifecycle.ts'
import type { IncidentSeen } from '../../domain/snapshot.ts'
import type { StaffNoteKind } from '../../domain/staff-note.ts'
import { atomDocument } from './atom.ts'
import { jsonDocument } from './json-feed.ts'
import { lastEditedAt, type Telling, type Thread, tellingsOf, withNotices } from './threads.ts'
import { say } from './words.ts'

/** An incident as staff hear of it: what was said to everybody, where anything was, and the notes meant for them. */
export interface StaffTold {
  id: string
  title: string
  status: IncidentStatus
  createdAt: Date
  seen: IncidentSeen | null
  notes: readonly { id: string; kind: StaffNoteKind; text: string; at: Date }[]
}

/** Whose feed it is and where it stands; addresses carry the token that opens them. */
export interface StaffFeed {
  company: string
  home: string
  self: string
  /** When there was first anything to tell. */
  began: Date
}

/** `/staff/feed.atom`: one entry for each incident of the week; made on request, never published. */
export function staffAtom(incidents: readonly StaffTold[], { company, home, self, began }: StaffFeed): string {
  const threads = threadsFor(incidents, home)
  const at = threads.map(lastEditedAt).reduce((newest, each) => (each > newest ? each : newest), began)
  return atomDocument(threads, {
    path: '/staff',
    title: say('staff_title', { company }),
    author: { name: company, url: new URL(home).origin },
    siteUrl: home,
    feedUrl: self,
    changed: { revision: 0, at },
  })
}

/** `/staff/feed.json`: one item for each word. */
export const staffJson = (incidents: readonly StaffTold[], { company, home, self }: StaffFeed): string =>
  jsonDocument(threadsFor(incidents, home), {
    title: say('staff_title', { company }),
    description: say('staff_description', { company }),
    author: company,
    home,
    self,
  })

/** Newest word first; what nothing was said of yet has nothing to be told. */
const threadsFor = (incidents: readonly StaffTold[], home: string): Thread[] =>
  incidents
    .map((incident) => threadFor(incident, home))
    .filter(({ tellings }) => tellings.length > 0)
    .sort((one, other) => other.tellings[0]!.at.getTime() - one.tellings[0]!.at.getTime())

function threadFor({ id, title, status, createdAt, seen, notes }: StaffTold, home: string): Thread {
  const place = `i-${id}`
  const told = withNotices(tellingsOf(seen?.updates ?? []), seen?.notices ?? [], status)
  const said = told.map((telling) => ({ ...telling, anchor: place }))
  const noted = notes.map((note): Telling => {
    const word = say(`staff_${note.kind}`)
    return { id: note.id, anchor: place, word, status, body: note.text, at: note.at, ...UNCHANGED }
  })
  const tellings = [...said, ...noted].sort((one, other) => other.at.getTime() - one.at.getTime())
  return { kind: 'Incident', id, title, url: home, createdAt, plan: null, tellings }
}

const UNCHANGED = { correctedAt: null, retractionReason: null }
