import { checkSetUpToken, setUp, setUpInput } from '../../actions/set-up.ts'
import type { Form } from '../../domain/screen-parts.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { type Call, route } from '../route.ts'
import { emptyForm, refusedForm, typed } from './forms.ts'
import { attempt, ownAddress, seeOther, show, TOKEN_PAGE, tokenOf } from './page.ts'
import { shellOf } from './shell.ts'

const shared = { door: 'page', tag: 'Console', access: 'anyone', path: '/setup' } as const

export const setupRoutes = [
  route({ ...shared, method: 'GET', summary: 'Asks for the company and its first admin', handle: ask }),
  route({ ...shared, method: 'POST', summary: 'Sets up; works once', handle: answer }),
]

async function ask(call: Call): Promise<Response> {
  await checkSetUpToken(call.acting, tokenOf(call))
  return screen(call, emptyForm(), 200)
}

async function answer(call: Call): Promise<Response> {
  const { world, acting, form, request } = call
  const done = await attempt(() => setUp(acting, tokenOf(call), checked(setUpInput, inputOf(form))))
  if ('refused' in done) return screen(call, refusedForm(withoutPassword(form), done.refused), statusOf(done.refused))
  const cookies = await world.identity.signIn(form.email!.trim().toLowerCase(), form.password!, request)
  return seeOther('/console', cookies ?? new Headers())
}

const inputOf = (form: Record<string, string>) => ({
  organisation: form.organisation ?? '',
  short_name: typed(form, 'short_name'),
  contact: typed(form, 'contact'),
  name: form.name ?? '',
  email: form.email ?? '',
  password: form.password ?? '',
  phone: typed(form, 'phone'),
})

const withoutPassword = ({ password: _, ...form }: Record<string, string>): Record<string, string> => form

async function screen(call: Call, form: Form, status: number): Promise<Response> {
  const page = { shell: await shellOf(call), action: ownAddress(call), form }
  return show(call.world, 'console/setup', page, status, TOKEN_PAGE)
}
