import { wholeBriefing } from '../../../db/queries/briefings.ts'
import { incidentById } from '../../../db/queries/incidents.ts'
import { actingByLink, type BriefingLink, briefingByLink, readBriefing } from '../../actions/read-briefing.ts'
import type { Form } from '../../domain/screen-parts.ts'
import { statusOf } from '../answers.ts'
import { decide, wayIn } from '../console/brief.ts'
import { shownBriefing } from '../console/briefing-view.ts'
import { refusedForm } from '../console/forms.ts'
import { seeOther, show, TOKEN_PAGE } from '../console/page.ts'
import { shellOf } from '../console/shell.ts'
import { type Call, route } from '../route.ts'

const shared = { door: 'page', access: 'anyone', tag: 'Briefings' } as const

/** The page that a briefing's signed link opens: for the one it was sent to, without a session (contract, Briefings). */
export const briefingPageRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: '/b/:token',
    summary: 'One briefing through its signed link; changes nothing',
    handle: async (call) => page(call, await linkIn(call)),
  }),
  ...['receipt', 'decision'].map((form) =>
    route({
      ...shared,
      method: 'GET',
      path: `/b/:token/${form}`,
      summary: 'Back to the page with the form',
      handle: async (call) => seeOther(baseOf(call)),
    }),
  ),
  route({
    ...shared,
    method: 'POST',
    path: '/b/:token/receipt',
    summary: 'Says that the one it was sent to has read it',
    handle: async (call) => {
      const link = await linkIn(call)
      const acting = actingByLink(call.acting, link)
      await readBriefing(acting, { incidentId: null, briefingId: link.briefing.id }, wayIn(call))
      return done(call, 'briefing_read')
    },
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/b/:token/decision',
    summary: 'Answers the decision that it asks for',
    handle: async (call) => {
      const link = await linkIn(call)
      const decided = await decide(actingByLink(call.acting, link), link.briefing, call.form)
      if ('refused' in decided)
        return page(call, link, refusedForm(call.form, decided.refused), statusOf(decided.refused))
      return done(call, 'decided')
    },
  }),
]

const linkIn = ({ acting, params }: Call): Promise<BriefingLink> => briefingByLink(acting, acting.db, params.token!)

const baseOf = ({ params }: Call): string => `/b/${params.token}`

const done = (call: Call, notice: 'briefing_read' | 'decided'): Response => {
  const answer = seeOther(`${baseOf(call)}?notice=${notice}`)
  answer.headers.set('referrer-policy', 'no-referrer')
  return answer
}

async function page(call: Call, { briefing, person }: BriefingLink, refused?: Form, status = 200): Promise<Response> {
  const { db } = call.acting
  const shell = await shellOf(call)
  const incident = (await incidentById(db, briefing.incidentId))!
  const looking = { personId: person.id, role: person.role, base: baseOf(call), ...(refused && { refused }) }
  const shown = await shownBriefing(db, await wholeBriefing(db, briefing), incident, looking, new Date(shell.now))
  const backUrl = shell.viewer ? '/console/brief' : null
  return show(call.world, 'console/briefing', { shell, shown, backUrl }, status, TOKEN_PAGE)
}
