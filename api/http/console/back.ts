import { route } from '../route.ts'
import { pathAfter } from './carried.ts'
import { seeOther } from './page.ts'

/** Addresses that only take posts. A refused form stands at one of them, and who reloads it there asks with a GET. */
const FORMS_ONLY = [
  '/console/incidents/:id/updates',
  '/console/incidents/:id/updates/:update/recall',
  '/console/incidents/:id/updates/:update/release',
  '/console/incidents/:id/reopening',
  '/console/incidents/:id/retraction',
  '/console/incidents/:id/merge',
  '/console/incidents/:id/publication',
  '/console/incidents/:id/handover',
  '/console/incidents/:id/roles',
  '/console/incidents/:id/war-room',
  '/console/incidents/:id/briefings',
  '/console/briefing-rules/:id/removal',
  '/console/brief/:id/receipt',
  '/console/brief/:id/decision',
  '/console/incidents/:id/announcements/:announcement/release',
  '/console/incidents/:id/announcements/:announcement/withdraw',
  '/console/incidents/:id/corrections/:update',
  '/console/maintenance/:id/updates',
  '/console/maintenance/:id/announcements/:announcement/release',
  '/console/maintenance/:id/announcements/:announcement/withdraw',
  '/console/maintenance/:id/extension',
  '/console/maintenance/:id/facts',
  '/console/maintenance/:id/cancellation',
  '/console/components/:id',
  '/console/components/:id/archive',
  '/console/component-groups',
  '/console/templates/:id/removal',
  '/console/me/test-alert',
  '/console/sign-out',
]

export const backRoutes = FORMS_ONLY.map((path) =>
  route({
    method: 'GET',
    path,
    door: 'page',
    access: 'signed_in',
    summary: 'Back to the page with the form',
    tag: 'Console',
    handle: async ({ request }) => seeOther(pathAfter(new URL(request.url).pathname)),
  }),
)
