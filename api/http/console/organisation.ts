import { theOrganisation } from '../../../db/queries/people.ts'
import { changeOrganisation, organisationInput } from '../../actions/change-organisation.ts'
import type { OrganisationScreen } from '../../domain/organisation-screens.ts'
import { refuseMissing } from '../../domain/refusal.ts'
import type { Form } from '../../domain/screen-parts.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { type Call, route } from '../route.ts'
import { emptyForm, refusedForm, typed } from './forms.ts'
import { attempt, seeOther, show } from './page.ts'
import { shellOf } from './shell.ts'

const PATH = '/console/organisation'
const shared = { door: 'page', tag: 'Console', access: 'admin', path: PATH } as const

export const organisationScreenRoutes = [
  route({
    ...shared,
    method: 'GET',
    summary: 'The company that speaks',
    handle: async (call) => show(call.world, 'console/organisation', await screen(call, emptyForm(await asItIs(call)))),
  }),
  route({
    ...shared,
    method: 'POST',
    summary: 'Changes the company; every public page carries it',
    handle: async (call) => {
      const done = await attempt(() => changeOrganisation(call.acting, checked(organisationInput, inputOf(call))))
      if ('done' in done) return seeOther(`${PATH}?notice=organisation_changed`)
      const refused = await screen(call, refusedForm(call.form, done.refused))
      return show(call.world, 'console/organisation', refused, statusOf(done.refused))
    },
  }),
]

const screen = async (call: Call, changing: Form): Promise<OrganisationScreen> => ({
  shell: await shellOf(call),
  changing,
})

/** An empty optional field means that there is none. */
const inputOf = ({ form }: Call) => ({
  name: form.name,
  short_name: form.short_name,
  support_url: typed(form, 'support_url') ?? null,
  postal_address: typed(form, 'postal_address') ?? null,
  time_zone: form.time_zone,
  terms_url: typed(form, 'terms_url') ?? null,
  privacy_url: typed(form, 'privacy_url') ?? null,
  logo_svg: null,
})

async function asItIs({ acting }: Call): Promise<Record<string, string>> {
  const row = await theOrganisation(acting.db)
  if (!row) throw refuseMissing('organisation; Sitrep is not set up')
  return {
    name: row.name,
    short_name: row.shortName,
    support_url: row.supportUrl ?? '',
    postal_address: row.postalAddress ?? '',
    time_zone: row.timeZone,
    terms_url: row.termsUrl ?? '',
    privacy_url: row.privacyUrl ?? '',
  }
}
