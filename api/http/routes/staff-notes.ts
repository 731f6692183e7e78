import { z } from 'zod'
import { staffNotesOf } from '../../../db/queries/staff-notes.ts'
import type { staffNotes } from '../../../db/schema.ts'
import { noteForStaff, noteForStaffInput } from '../../actions/note-for-staff.ts'
import { STAFF_NOTE_KINDS } from '../../domain/staff-note.ts'
import { listOf } from '../paging.ts'
import { json, route } from '../route.ts'
import { found } from './incidents.ts'

const shared = { door: 'api', tag: 'Staff page', path: '/incidents/:id/staff-notes' } as const

const staffNoteAnswer = z.strictObject({
  id: z.string(),
  at: z.iso.datetime(),
  kind: z.enum(STAFF_NOTE_KINDS),
  text: z.string(),
  author_id: z.string().nullable(),
})

const staffNoteJson = (row: typeof staffNotes.$inferSelect): z.infer<typeof staffNoteAnswer> => ({
  id: row.id,
  at: row.at.toISOString(),
  kind: row.kind,
  text: row.text,
  author_id: row.authorId,
})

export const staffNoteRoutes = [
  route({
    ...shared,
    method: 'GET',
    access: 'viewer',
    summary: 'What support and sales are told of an incident, newest first',
    answer: { status: 200, schema: listOf(staffNoteAnswer) },
    handle: async ({ acting, params }) => {
      const { id } = await found(acting, params.id!)
      return json(200, { data: (await staffNotesOf(acting.db, [id])).map(staffNoteJson), next_cursor: null })
    },
  }),
  route({
    ...shared,
    method: 'POST',
    access: 'responder',
    summary: 'Tell support and sales something: a note, an answer for customers, a workaround',
    body: noteForStaffInput,
    answer: { status: 201, schema: staffNoteAnswer },
    handle: async ({ acting, params, body }) => json(201, staffNoteJson(await noteForStaff(acting, params.id!, body))),
  }),
]
