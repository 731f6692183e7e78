import { burningIncidents } from '../../../db/queries/briefing-clocks.ts'
import { briefingHistory, latestBriefing, wholeBriefing } from '../../../db/queries/briefings.ts'
import { incidentById } from '../../../db/queries/incidents.ts'
import type { Acting } from '../../actions/acting.ts'
import { answerDecision, answerDecisionInput } from '../../actions/answer-decision.ts'
import { reachOfBriefing } from '../../actions/briefing-reach.ts'
import { briefingFor, readBriefing } from '../../actions/read-briefing.ts'
import type { ReceiptWay } from '../../domain/briefing.ts'
import type { BriefScreen, BurningIncident } from '../../domain/briefing-view.ts'
import { isOverdue } from '../../domain/cadence.ts'
import type { Form } from '../../domain/screen-parts.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { type Call, route } from '../route.ts'
import { shownBriefing } from './briefing-view.ts'
import { idIn, refusedForm, typed } from './forms.ts'
import { attempt, seeOther, show } from './page.ts'
import { shellOf } from './shell.ts'

const PATH = '/console/brief'
const shared = { door: 'page', tag: 'Briefings' } as const

export const briefRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: PATH,
    access: 'briefed',
    summary: 'What burns now, and what executives were told',
    handle: async (call) => show(call.world, 'console/brief', await briefScreen(call)),
  }),
  route({
    ...shared,
    method: 'GET',
    path: `${PATH}/:id`,
    access: 'signed_in',
    summary: 'One briefing; changes nothing',
    handle: (call) => one(call),
  }),
  route({
    ...shared,
    method: 'POST',
    path: `${PATH}/:id/receipt`,
    access: 'signed_in',
    summary: 'Says that one has read it',
    handle: async (call) => {
      const briefing = await readBriefing(call.acting, { incidentId: null, briefingId: idOf(call) }, wayIn(call))
      return seeOther(`${PATH}/${briefing.id}?notice=briefing_read`)
    },
  }),
  route({
    ...shared,
    method: 'POST',
    path: `${PATH}/:id/decision`,
    access: 'signed_in',
    summary: 'Answers the decision that it asks for',
    handle: async (call) => {
      const { briefing } = await briefingFor(call.acting, call.acting.db, idOf(call))
      const done = await decide(call.acting, briefing, call.form)
      if ('refused' in done) return one(call, refusedForm(call.form, done.refused), statusOf(done.refused))
      return seeOther(`${PATH}/${briefing.id}?notice=decided`)
    },
  }),
]

const idOf = ({ params }: Call): string => idIn(params, 'briefing')

/** The script says who it is; everybody else pressed the button. */
export const wayIn = ({ form }: Pick<Call, 'form'>): ReceiptWay => (form.way === 'script' ? 'script' : 'button')

/** Answers a decision by a form: the button pressed is the answer, and the comment goes with it. */
export const decide = (acting: Acting, briefing: { id: string; incidentId: string }, form: Call['form']) =>
  attempt(async () => {
    const input = checked(answerDecisionInput, { answer: form.answer, comment: typed(form, 'comment') })
    return answerDecision(acting, briefing.incidentId, briefing.id, input)
  })

async function one(call: Call, refused?: Form, status = 200): Promise<Response> {
  const { acting, world } = call
  const whole = await briefingFor(acting, acting.db, idOf(call))
  const incident = (await incidentById(acting.db, whole.briefing.incidentId))!
  const shell = await shellOf(call)
  const { personId, role } = acting.actor
  const looking = { personId, role, base: `${PATH}/${whole.briefing.id}`, ...(refused && { refused }) }
  const shown = await shownBriefing(acting.db, whole, incident, looking, new Date(shell.now))
  return show(world, 'console/briefing', { shell, shown, backUrl: PATH }, status)
}

/** As many as fit on a few screens; older ones are found by the API. */
const HISTORY = 50

async function briefScreen(call: Call): Promise<BriefScreen> {
  const shell = await shellOf(call)
  const burning = await burningNow(call, new Date(shell.now))
  const shown = burning.flatMap(({ latest }) => latest?.view.id ?? [])
  const history = await briefingHistory(call.acting.db, HISTORY)
  return {
    shell,
    burning,
    earlier: history
      .filter(({ briefing }) => !shown.includes(briefing.id))
      .map(({ briefing: { id, seq, severity, publishedAt, headline }, title }) => ({
        id,
        seq,
        title,
        severity,
        publishedAt: publishedAt.toISOString(),
        headline,
      })),
  }
}

async function burningNow({ acting }: Call, now: Date): Promise<BurningIncident[]> {
  const { db } = acting
  const { personId, role } = acting.actor
  const rows = await burningIncidents(db)
  return Promise.all(
    rows.map(async ({ incident, briefingDueAt }) => {
      const briefing = await latestBriefing(db, incident.id)
      const looking = { personId, role, base: `${PATH}/${briefing?.id}` }
      const isOwed = (await reachOfBriefing(db, incident)).length > 0
      return {
        id: incident.id,
        title: incident.title,
        severity: incident.severity,
        status: incident.status,
        startedAt: incident.startedAt.toISOString(),
        nextUpdateDueAt: incident.nextUpdateDueAt?.toISOString() ?? null,
        late: isOverdue(incident.nextUpdateDueAt, now),
        briefingDueAt: isOwed ? (briefingDueAt?.toISOString() ?? null) : null,
        latest: briefing ? await shownBriefing(db, await wholeBriefing(db, briefing), incident, looking, now) : null,
      }
    }),
  )
}
