import { z } from 'zod'
import type { Announced } from '../../../db/queries/announced.ts'
import { announcementsTold } from '../../../db/queries/guarded.ts'
import type { Acting } from '../../actions/acting.ts'
import { type AnnouncedSubject, releaseAnnouncement, withdrawAnnouncement } from '../../actions/confirm-announcement.ts'
import { announcementAnswer, announcementJson } from '../present/announcement.ts'
import { type Call, json, type Route, route } from '../route.ts'
import { found } from './incidents.ts'

const shared = { door: 'api', tag: 'Deliveries' } as const

/** The two answers to a message that waits; the action refuses who neither is a commander nor commands this incident. */
const decisionsOn = (path: string, subjectOf: (call: Call) => AnnouncedSubject): Route[] =>
  [
    { verb: 'release', decide: releaseAnnouncement, summary: 'Send after all what waits for a second confirmation' },
    {
      verb: 'withdraw',
      decide: withdrawAnnouncement,
      summary: 'Drop what waits for a second confirmation: nobody is told',
    },
  ].map(({ verb, decide, summary }) =>
    route({
      ...shared,
      method: 'POST',
      path: `${path}/announcements/:aid/${verb}`,
      access: 'responder',
      summary,
      answer: { status: 200, schema: announcementAnswer },
      handle: async (call) => answerWith(call.acting, await decide(call.acting, subjectOf(call), call.params.aid!)),
    }),
  )

export const announcementRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: '/incidents/:id/announcements',
    access: 'viewer',
    summary: 'What was announced to subscribers, newest first, and what waits for a second confirmation',
    answer: { status: 200, schema: z.strictObject({ data: z.array(announcementAnswer), next_cursor: z.null() }) },
    handle: async ({ acting, params }) => {
      const { id } = await found(acting, params.id!)
      const now = await acting.clock(acting.db)
      const rows = await announcementsTold(acting.db, id)
      return json(200, { data: rows.map((row) => announcementJson(row, now)), next_cursor: null })
    },
  }),
  ...decisionsOn('/incidents/:id', ({ params }) => ({ incidentId: params.id! })),
  ...decisionsOn('/maintenances/:id', ({ params }) => ({ maintenanceId: params.id! })),
]

async function answerWith({ db, clock }: Acting, announcement: Announced): Promise<Response> {
  return json(200, announcementJson(announcement, await clock(db)))
}
