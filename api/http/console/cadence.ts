import { cadenceVersions, currentPolicy } from '../../../db/queries/cadence.ts'
import { namesOfPeople } from '../../../db/queries/names.ts'
import { staffByName } from '../../../db/queries/people.ts'
import { reachOfRung } from '../../../db/queries/rung-reach.ts'
import { changeCadence } from '../../actions/change-cadence.ts'
import type { Channel } from '../../domain/attempt.ts'
import { type CadencePolicy, cadencePolicySchema } from '../../domain/cadence.ts'
import { EXAMPLE_AT, exampleOf } from '../../domain/cadence-preview.ts'
import type { CadencePreview, CadenceScreen, RungPreview } from '../../domain/cadence-screen.ts'
import type { DatedRung } from '../../domain/rungs-ahead.ts'
import type { Form } from '../../domain/screen-parts.ts'
import { SEVERITIES, type Severity } from '../../domain/severity.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { type Call, route } from '../route.ts'
import { cadenceFields, cadenceOfFields } from './cadence-fields.ts'
import { emptyForm, pressed, refusedForm } from './forms.ts'
import { attempt, seeOther, show } from './page.ts'
import { shellOf } from './shell.ts'

const PATH = '/console/cadence'
const shared = { door: 'page', tag: 'Console', method: 'POST', access: 'admin' } as const

export const cadenceScreenRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: PATH,
    access: 'viewer',
    summary: 'How long silence may last, who is reached then, and who changed it',
    handle: async (call) => {
      const policy = await currentPolicy(call.acting.db)
      return show(call.world, 'console/cadence', await screen(call, policy, emptyForm(cadenceFields(policy)), false))
    },
  }),
  route({
    ...shared,
    path: PATH,
    summary: 'Puts a cadence in force for later promises, or plays it through',
    handle: (call) => (pressed(call.form, 'preview') ? preview(call) : save(call)),
  }),
]

async function save(call: Call): Promise<Response> {
  const { acting, form } = call
  const { input, place } = cadenceOfFields(form, await currentPolicy(acting.db))
  const done = await attempt(async () => changeCadence(acting, checked(cadencePolicySchema, input)))
  if ('done' in done) return seeOther(`${PATH}?notice=cadence_changed`)
  const { refused } = done
  const { version } = await currentPolicy(acting.db)
  // What was typed may be saved over the newer version, now that its author has been told of it.
  const typed = refused.kind === 'stale' ? { ...form, version: String(version) } : form
  const judged = cadencePolicySchema.safeParse(input)
  const shown = await screen(call, judged.data ?? null, refusedForm(typed, refused, place), true)
  return show(call.world, 'console/cadence', shown, statusOf(refused))
}

async function preview(call: Call): Promise<Response> {
  const { acting, form } = call
  const { input, place } = cadenceOfFields(form, await currentPolicy(acting.db))
  const judged = await attempt(async () => checked(cadencePolicySchema, input))
  if ('refused' in judged) {
    const shown = await screen(call, null, refusedForm(form, judged.refused, place), true)
    return show(call.world, 'console/cadence', shown, statusOf(judged.refused))
  }
  return show(call.world, 'console/cadence', await screen(call, judged.done, emptyForm(form), true))
}

async function screen(call: Call, policy: CadencePolicy | null, form: Form, unsaved: boolean): Promise<CadenceScreen> {
  const { db } = call.acting
  const versions = await cadenceVersions(db)
  return {
    shell: await shellOf(call),
    version: (await currentPolicy(db)).version,
    preview: policy && (await Promise.all(SEVERITIES.map((severity) => previewOf(call, policy, severity)))),
    unsaved,
    form,
    people: (await staffByName(db)).filter((person) => person.active).map(({ id, name }) => ({ id, name })),
    versions: versions.map(({ version, at, by }) => ({ version, at: at.toISOString(), by })),
  }
}

async function previewOf(call: Call, policy: CadencePolicy, severity: Severity): Promise<CadencePreview> {
  const example = exampleOf(policy, severity, EXAMPLE_AT)
  const seconds = (length: number | null) => length && length / 1000
  const dueAt = example.silence?.dueAt ?? null
  const rungs = example.silence?.rungs ?? []
  return {
    severity,
    declaredAt: example.declaredAt.toISOString(),
    firstDueAt: example.firstDueAt?.toISOString() ?? null,
    everySeconds: seconds(example.every),
    monitoringSeconds: seconds(example.monitoringEvery),
    dueAt: dueAt?.toISOString() ?? null,
    approvalSeconds: seconds(example.approval),
    holdingNotice: policy[severity].holding_notice,
    rungs: await Promise.all(rungs.map((each) => rungPreview(call, each, dueAt!, policy.fallback))),
  }
}

/** Channels that carry alerts today. */
const CARRIED: readonly Channel[] = ['email', 'sms', 'webhook']

/** As if the viewer declared an incident now: they command it, and nobody holds another role yet. */
async function rungPreview(
  { acting }: Call,
  { rung, at }: DatedRung,
  dueAt: Date,
  fallback: readonly string[],
): Promise<RungPreview> {
  const roles = {
    commanderId: acting.actor.personId,
    deputyId: null,
    commsLeadId: null,
    scribeId: null,
    subjectExpertId: null,
    executiveSponsorId: null,
  }
  const { people, channels, fellBack } = await reachOfRung(acting.db, roles, rung, fallback, CARRIED)
  const ids = people.map((person) => person.id)
  const names = [...(await namesOfPeople(acting.db, ids)).values()].toSorted()
  return { name: rung.name, at: at.toISOString(), reminds: at < dueAt, to: rung.to, people: names, channels, fellBack }
}
