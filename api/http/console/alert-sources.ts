import { type AlertSource, listSources } from '../../../db/queries/alert-drafts.ts'
import { makeAlertSource, makeAlertSourceInput, revokeAlertSource } from '../../actions/make-alert-source.ts'
import type { AlertSourceRow, AlertSourcesScreen } from '../../domain/alert-sources-screen.ts'
import { genericMapping, MAPPED_FIELDS, MAPPED_WORDS } from '../../domain/incoming-alerts/generic.ts'
import type { FieldError } from '../../domain/refusal.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { cursorOf, positionOf } from '../paging.ts'
import { type Call, route } from '../route.ts'
import { hookUrl } from '../routes/alert-sources.ts'
import { emptyForm, idIn, refusedForm, typed } from './forms.ts'
import { attempt, seeOther, show } from './page.ts'
import { shellOf } from './shell.ts'

const PATH = '/console/alert-sources'
const PER_PAGE = 50
const shared = { door: 'page', tag: 'Console', access: 'admin' } as const

export const alertSourceScreenRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: PATH,
    summary: 'Who may post alerts',
    handle: async (call) => show(call.world, 'console/alert-sources', await screen(call)),
  }),
  route({
    ...shared,
    method: 'POST',
    path: PATH,
    summary: 'Lets a system post alerts; its key and address are shown on this answer and nowhere else',
    handle: make,
  }),
  route({
    ...shared,
    method: 'POST',
    path: `${PATH}/:id/revoke`,
    summary: "Ends a source's key at once; its drafts stay",
    handle: async ({ acting, params }) => {
      await revokeAlertSource(acting, idIn(params, 'alert source'))
      return seeOther(`${PATH}?notice=alert_source_revoked`)
    },
  }),
]

async function make(call: Call): Promise<Response> {
  const { acting, form } = call
  const done = await attempt(async () => makeAlertSource(acting, checked(makeAlertSourceInput, sourceIn(form))))
  if ('refused' in done) {
    // What was typed as secret does not travel back.
    const { secret: _, ...kept } = form
    const refused = await screen(call, { making: refusedForm(kept, done.refused, besideWords) })
    return show(call.world, 'console/alert-sources', refused, statusOf(done.refused))
  }
  const { row, key } = done.done
  const made = { name: row.name, key, url: hookUrl(acting, row.kind, key) }
  return show(call.world, 'console/alert-sources', await screen(call, { made }), 201)
}

/** How a generic source is read unless the form says otherwise. */
const USUAL = Object.fromEntries(
  Object.entries(genericMapping.parse({})).map(([name, value]) => [`mapping.${name}`, String(value)]),
)

/** A source as the form describes it; only a generic one says where its JSON has what. */
function sourceIn(form: Record<string, string>) {
  const path = (name: string) => [name, typed(form, `mapping.${name}`)?.trim()]
  const words = (name: string) => [
    name,
    typed(form, `mapping.${name}`)
      ?.split(',')
      .map((word) => word.trim())
      .filter(Boolean),
  ]
  const mapping = Object.fromEntries([...MAPPED_FIELDS.map(path), ...MAPPED_WORDS.map(words)])
  return {
    kind: form.kind,
    name: form.name,
    secret: typed(form, 'secret'),
    mapping: form.kind === 'generic' ? mapping : undefined,
  }
}

/** Puts an error about one of several words beside the field that holds them all. */
const besideWords = (error: FieldError): FieldError => ({ ...error, field: error.field.replace(/\.\d+$/, '') })

async function screen(
  call: Call,
  come: Partial<Pick<AlertSourcesScreen, 'making' | 'made'>> = {},
): Promise<AlertSourcesScreen> {
  const asked = new URL(call.request.url).searchParams.get('after') ?? undefined
  const rows = await listSources(call.acting.db, { after: positionOf(asked, ['id'])?.[0], limit: PER_PAGE + 1 })
  const shown = rows.slice(0, PER_PAGE)
  const last = rows.length > PER_PAGE ? shown.at(-1) : undefined
  return {
    shell: await shellOf(call),
    sources: shown.map(rowOf),
    moreUrl: last ? `${PATH}?after=${cursorOf([last.id])}` : null,
    making: emptyForm(USUAL),
    made: null,
    ...come,
  }
}

const rowOf = (row: AlertSource): AlertSourceRow => ({
  id: row.id,
  kind: row.kind,
  name: row.name,
  prefix: row.prefix,
  signed: row.sealedSecret !== null,
  madeAt: row.createdAt.toISOString(),
  revokedAt: row.revokedAt?.toISOString() ?? null,
})
