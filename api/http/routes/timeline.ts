import { z } from 'zod'
import { timelineOf } from '../../../db/queries/incidents.ts'
import type { TimelineEntry } from '../../../db/queries/timeline.ts'
import { TIMELINE_KINDS } from '../../../db/schema.ts'
import { addNote, addNoteInput } from '../../actions/add-note.ts'
import { handOver, handOverInput } from '../../actions/hand-over.ts'
import { listOf, pageOf, pageQuery, positionOf } from '../paging.ts'
import { etagOf } from '../present/incident.ts'
import { timeText } from '../present/time.ts'
import { json, route } from '../route.ts'
import { found } from './incidents.ts'

const tag = 'Incidents'
const entryAnswer = z.strictObject({
  id: z.string(),
  at: z.iso.datetime(),
  kind: z.enum(TIMELINE_KINDS),
  text: z.string(),
  by: z.string().nullable(),
})
const entryJson = ({ id, at, kind, text, personId }: TimelineEntry): z.infer<typeof entryAnswer> => ({
  id,
  at: timeText(at),
  kind,
  text,
  by: personId,
})

export const timelineRoutes = [
  route({
    method: 'GET',
    path: '/incidents/:id/timeline',
    door: 'api',
    access: 'viewer',
    summary: 'The internal timeline, newest first',
    tag,
    query: pageQuery,
    answer: { status: 200, schema: listOf(entryAnswer) },
    handle: async ({ acting, params, query: { cursor, limit } }) => {
      const { id: incidentId } = await found(acting, params.id!)
      const [at, line] = positionOf(cursor, ['time', 'number']) ?? []
      const before = at && line ? { at: new Date(at), line: Number(line) } : undefined
      const rows = await timelineOf(acting.db, incidentId, { before, limit: limit + 1 })
      const page = pageOf(rows, limit, (row) => [timeText(row.at), String(row.line)])
      return json(200, { ...page, data: page.data.map(entryJson) })
    },
  }),
  route({
    method: 'POST',
    path: '/incidents/:id/timeline',
    door: 'api',
    access: 'responder',
    summary: 'Add a note to the internal timeline',
    tag,
    body: addNoteInput,
    answer: { status: 201, schema: entryAnswer },
    handle: async ({ acting, params, body }) => json(201, entryJson(await addNote(acting, params.id!, body))),
  }),
  route({
    method: 'POST',
    path: '/incidents/:id/handover',
    door: 'api',
    access: 'responder',
    summary: 'Hand the command to somebody else, with a note; they are told at once',
    tag,
    body: handOverInput,
    answer: { status: 201, schema: entryAnswer.extend({ commander_id: z.string() }) },
    handle: async ({ acting, params, body, expectedVersion }) => {
      const entry = await handOver(acting, params.id!, body, expectedVersion)
      const incident = await found(acting, params.id!)
      return json(201, { ...entryJson(entry), commander_id: body.to_person_id }, { etag: etagOf(incident) })
    },
  }),
]
