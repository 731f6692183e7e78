import type { Reader } from '../../../db/queries/cadence.ts'
import { type Incident, pinnedOf, timelineOf } from '../../../db/queries/incidents.ts'
import { namesOfPeople } from '../../../db/queries/names.ts'
import type { TimelineEntry } from '../../../db/queries/timeline.ts'
import { addNote, addNoteInput } from '../../actions/add-note.ts'
import type { TimelineLine } from '../../domain/room-crew.ts'
import type { Form } from '../../domain/screen-parts.ts'
import type { TimelineScreen } from '../../domain/screens.ts'
import { fittingLines, LINES_TO_READ } from '../../domain/timeline-part.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { cursorOf, positionOf } from '../paging.ts'
import { type Call, route } from '../route.ts'
import { found } from '../routes/incidents.ts'
import { emptyForm, idIn, refusedForm } from './forms.ts'
import { attempt, seeOther, show } from './page.ts'
import { shellOf } from './shell.ts'

const PATH = '/console/incidents/:id/timeline'
const shared = { door: 'page', tag: 'Console', path: PATH } as const

export const timelineScreenRoutes = [
  route({
    ...shared,
    method: 'GET',
    access: 'viewer',
    summary: 'The internal timeline, page by page',
    handle: async (call) => show(call.world, 'console/timeline', await screen(call)),
  }),
  route({ ...shared, method: 'POST', access: 'responder', summary: 'Writes a note on the timeline', handle: note }),
]

async function note(call: Call): Promise<Response> {
  const { acting, form, params } = call
  const id = idIn(params, 'incident')
  const input = { text: form.text ?? '', pin: form.pin === 'on' }
  const done = await attempt(async () => addNote(acting, id, checked(addNoteInput, input)))
  if ('done' in done) return seeOther(`/console/incidents/${id}?notice=noted#timeline`)
  return show(
    call.world,
    'console/timeline',
    await screen(call, refusedForm(form, done.refused)),
    statusOf(done.refused),
  )
}

async function screen(call: Call, noting: Form = emptyForm()): Promise<TimelineScreen> {
  const shell = await shellOf(call)
  const incident = await found(call.acting, idIn(call.params, 'incident'))
  const asked = new URL(call.request.url).searchParams.get('before') ?? undefined
  const [at, line] = positionOf(asked, ['time', 'number']) ?? []
  const before = at && line ? { at: new Date(at), line: Number(line) } : undefined
  const part = await timelinePart(call.acting.db, incident, before)
  return {
    shell,
    incident: { id: incident.id, title: incident.title },
    timeline: part.lines,
    olderUrl: part.olderUrl,
    noting: shell.may.speak ? noting : null,
  }
}

/** As much of a timeline as one screen holds, from the newest line on or from after one, and the path to the rest. */
export async function timelinePart(
  reader: Reader,
  { id: incidentId }: Pick<Incident, 'id'>,
  before?: { at: Date; line: number },
): Promise<{ lines: TimelineLine[]; olderUrl: string | null }> {
  const { shown, more } = fittingLines(await timelineOf(reader, incidentId, { before, limit: LINES_TO_READ }))
  const lines = await linesOf(reader, shown)
  const last = shown.at(-1)
  const olderUrl =
    more && last
      ? `/console/incidents/${incidentId}/timeline?before=${cursorOf([last.at.toISOString(), String(last.line)])}`
      : null
  return { lines, olderUrl }
}

/** What was pinned to a timeline, as far as it stays in sight. */
export const pinnedPart = async (reader: Reader, { id }: Pick<Incident, 'id'>): Promise<TimelineLine[]> =>
  linesOf(reader, await pinnedOf(reader, id, MOST_PINNED))

const MOST_PINNED = 3

async function linesOf(reader: Reader, entries: readonly TimelineEntry[]): Promise<TimelineLine[]> {
  const names = await namesOfPeople(
    reader,
    entries.map((entry) => entry.personId),
  )
  return entries.map(({ at, kind, text, personId }) => ({
    at: at.toISOString(),
    kind,
    text,
    by: personId && (names.get(personId) ?? 'somebody'),
  }))
}
