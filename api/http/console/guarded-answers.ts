import { type AnnouncedSubject, releaseAnnouncement, withdrawAnnouncement } from '../../actions/confirm-announcement.ts'
import { type Call, type Route, route } from '../route.ts'
import { idIn } from './forms.ts'
import { seeOther } from './page.ts'

const ANSWERS = [
  { verb: 'release', decide: releaseAnnouncement, notice: 'message_released', summary: 'Sends what waits after all' },
  { verb: 'withdraw', decide: withdrawAnnouncement, notice: 'message_withdrawn', summary: 'Drops what waits' },
] as const

const answersOn = (room: string, subjectOf: (id: string) => AnnouncedSubject): Route[] =>
  ANSWERS.map(({ verb, decide, notice, summary }) =>
    route({
      door: 'page',
      tag: 'Console',
      method: 'POST',
      path: `${room}/:id/announcements/:announcement/${verb}`,
      access: 'responder',
      summary,
      handle: async ({ acting, params }: Call) => {
        const id = idIn(params, 'page')
        await decide(acting, subjectOf(id), idIn({ id: params.announcement ?? '' }, 'message'))
        return seeOther(`${room}/${id}?notice=${notice}`)
      },
    }),
  )

/** The second confirmation of a message that the blast guard holds back, or its end. */
export const guardedRoutes = [
  ...answersOn('/console/incidents', (incidentId) => ({ incidentId })),
  ...answersOn('/console/maintenance', (maintenanceId) => ({ maintenanceId })),
]
