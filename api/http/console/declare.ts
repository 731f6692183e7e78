import { newId } from '../../../db/ids.ts'
import { draftById } from '../../../db/queries/alert-drafts.ts'
import { currentPolicy } from '../../../db/queries/cadence.ts'
import { draftOf, dropDraft } from '../../../db/queries/drafts.ts'
import { concernOfFirstWord } from '../../../db/queries/reach.ts'
import { keepText } from '../../actions/keep-draft.ts'
import { openIncident, openIncidentInput } from '../../actions/open-incident.ts'
import { millisecondsOf } from '../../domain/duration.ts'
import { refuseMissing } from '../../domain/refusal.ts'
import type { Form } from '../../domain/screen-parts.ts'
import { SEVERITIES, type Severity } from '../../domain/severity.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { peopleReached } from '../reach.ts'
import { type Call, route } from '../route.ts'
import { besideComponents, componentsIn } from './affected-fields.ts'
import { draftToShow } from './alert-drafts.ts'
import { componentChoices } from './component-choices.ts'
import { emptyForm, idIn, localTime, pressed, refusedForm, typed, utcTime } from './forms.ts'
import { attempt, seeOther, show } from './page.ts'
import { readyToDeclare, wordsToDeclare } from './ready-words.ts'
import { shellOf } from './shell.ts'
import { backToRoom } from './spoken.ts'

const DRAFT = 'declare'
const shared = { door: 'page', tag: 'Console', access: 'responder', path: '/console/declare' } as const

export const declareRoutes = [
  route({ ...shared, method: 'GET', summary: 'The form that declares an incident, prefilled', handle: ask }),
  route({
    ...shared,
    method: 'POST',
    summary: 'Declares an incident, or puts ready words into the form',
    handle: (call) => (pressed(call.form, 'use_words') ? useWords(call) : declare(call)),
  }),
]

/**
 * What was typed and not declared yet comes back; else the form is filled as far as it can be. What was typed about
 * something else gives way to the draft of alerts that is asked for (`?draft=`).
 */
async function ask(call: Call): Promise<Response> {
  const { db, clock, actor } = call.acting
  const alerts = await alertsAskedFor(call)
  if (alerts?.incidentId) return seeOther(`/console/incidents/${alerts.incidentId}`)
  const draft = await draftOf(db, actor.personId, DRAFT)
  const began = localTime(alerts?.detectedAt ?? (await clock(db)))
  const known = { visibility: 'public', started_at: began, ...(alerts && { title: alerts.title, draft_id: alerts.id }) }
  const prefilled = await wordsToDeclare(call, known)
  const kept = !alerts || draft?.fields.draft_id === alerts.id ? draft?.fields : {}
  return screen(call, emptyForm({ ...prefilled, ...kept }), 200)
}

async function useWords(call: Call): Promise<Response> {
  const { acting, form } = call
  const done = await attempt(() => wordsToDeclare(call, form))
  if ('refused' in done) return screen(call, refusedForm(form, done.refused), statusOf(done.refused))
  await keepText(acting, DRAFT, done.done)
  return screen(call, emptyForm(done.done), 200)
}

/** The draft of alerts that the address names; null where it names none. */
async function alertsAskedFor(call: Call) {
  const id = new URL(call.request.url).searchParams.get('draft')
  if (id === null) return null
  const found = await draftById(call.acting.db, idIn({ id }, 'draft'))
  if (!found) throw refuseMissing('draft')
  return found
}

async function declare(call: Call): Promise<Response> {
  const { acting, form } = call
  const named = componentsIn(form)
  const done = await attempt(() =>
    acting.db.transaction(async (tx) => {
      const incident = await openIncident({ ...acting, db: tx }, checked(openIncidentInput, inputOf(form)))
      await dropDraft(tx, acting.actor.personId, DRAFT)
      return incident
    }),
  )
  if ('refused' in done) {
    await keepText(acting, DRAFT, form)
    return screen(call, refusedForm(form, done.refused, besideComponents(named)), statusOf(done.refused))
  }
  return backToRoom(acting, done.done.id, form.backfill === 'on' ? 'recorded' : 'declared')
}

const inputOf = (form: Record<string, string>) => ({
  title: form.title ?? '',
  severity: form.severity,
  body: typed(form, 'body'),
  headline: typed(form, 'headline'),
  visibility: typed(form, 'visibility'),
  started_at: utcTime(typed(form, 'started_at')),
  components: componentsIn(form),
  draft_id: typed(form, 'draft_id'),
  ...(form.backfill === 'on' && { backfill: true, resolved_at: utcTime(typed(form, 'resolved_at')) }),
})

/** Each form carries a number of its own, so that pressing its button twice declares once. */
async function screen(call: Call, form: Form, status: number): Promise<Response> {
  const { db } = call.acting
  const policy = await currentPolicy(db)
  const clock = (severity: Severity) => {
    const first = policy[severity].first_update
    return first === null ? null : millisecondsOf(first)! / 1000
  }
  const named = componentsIn(form.values).map((component) => component.id)
  const draft = await draftToShow(db, form.values.draft_id)
  const page = {
    shell: await shellOf(call),
    draft,
    // A draft that somebody declared meanwhile is let go of, so that what was typed can be declared without it.
    form: { ...form, values: { ...form.values, draft_id: draft?.id ?? '', once: newId() } },
    groups: await componentChoices(db),
    ready: await readyToDeclare(call, form),
    reach: await bySeverity(async (severity) =>
      peopleReached(call.world, await concernOfFirstWord(call.world.db, severity, named)),
    ),
    firstUpdateSeconds: await bySeverity(async (severity) => clock(severity)),
  }
  return show(call.world, 'console/declare', page, status)
}

async function bySeverity<T>(of: (severity: Severity) => Promise<T>): Promise<Record<Severity, T>> {
  const pairs = await Promise.all(SEVERITIES.map(async (severity) => [severity, await of(severity)] as const))
  return Object.fromEntries(pairs) as Record<Severity, T>
}
