import { componentById } from '../../../db/queries/components.ts'
import { addComponent, addComponentInput } from '../../actions/add-component.ts'
import { archiveComponent, changeComponent, changeComponentInput } from '../../actions/change-component.ts'
import { addGroup, addGroupInput } from '../../actions/group-components.ts'
import type { Refusal } from '../../domain/refusal.ts'
import type { Notice } from '../../domain/screen-parts.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { type Call, route } from '../route.ts'
import { componentsScreen, type RefusedForms } from './components-screen.ts'
import { idIn, refusedForm, typed } from './forms.ts'
import { type Attempt, attempt, seeOther, show } from './page.ts'

const PATH = '/console/components'
const shared = { door: 'page', tag: 'Console', method: 'POST', access: 'admin' } as const

export const componentScreenRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: PATH,
    access: 'viewer',
    summary: 'Components, what they show and why',
    handle: async (call) => show(call.world, 'console/components', await componentsScreen(call)),
  }),
  route({ ...shared, path: PATH, summary: 'Adds a component', handle: add }),
  route({ ...shared, path: `${PATH}/:id`, summary: 'Changes a component', handle: change }),
  route({ ...shared, path: `${PATH}/:id/archive`, summary: 'Archives a component', handle: archive }),
  route({ ...shared, path: '/console/component-groups', summary: 'Adds a group', handle: group }),
]

async function add(call: Call): Promise<Response> {
  const { acting, form } = call
  const input = {
    name: form.name ?? '',
    description: typed(form, 'description'),
    group_id: typed(form, 'group_id'),
  }
  const done = await attempt(async () => addComponent(acting, checked(addComponentInput, input)))
  return answer(call, done, 'component_added', (refusal) => ({ adding: refusedForm(form, refusal) }))
}

async function change(call: Call): Promise<Response> {
  const { acting, form, params } = call
  const id = idIn(params, 'component')
  const input = {
    name: form.name ?? '',
    description: typed(form, 'description') ?? null,
    group_id: typed(form, 'group_id') ?? null,
    status: typed(form, 'status'),
    audience_ids: audiencesIn(form),
  }
  const done = await attempt(async () => changeComponent(acting, id, checked(changeComponentInput, input)))
  return answer(call, done, 'component_changed', (refusal) => ({ editing: { id, form: refusedForm(form, refusal) } }))
}

/** A form that asks and has nothing ticked shows the component to everybody; one that does not ask changes nothing. */
const audiencesIn = (form: Call['form']): string[] | undefined =>
  form.asks_audiences ? (typed(form, 'audience_ids')?.split(',') ?? []) : undefined

async function archive(call: Call): Promise<Response> {
  const id = idIn(call.params, 'component')
  const component = await componentById(call.acting.db, id)
  const done = await attempt(() => archiveComponent(call.acting, id))
  const values = {
    name: component?.name ?? '',
    description: component?.description ?? '',
    group_id: component?.groupId ?? '',
    status: component?.status ?? '',
    audience_ids: component?.audienceIds.join(',') ?? '',
  }
  return answer(call, done, 'component_archived', (refusal) => ({
    editing: { id, form: refusedForm(values, refusal) },
  }))
}

async function group(call: Call): Promise<Response> {
  const { acting, form } = call
  const done = await attempt(async () => addGroup(acting, checked(addGroupInput, { name: form.name ?? '' })))
  return answer(call, done, 'group_added', (refusal) => ({ grouping: refusedForm(form, refusal) }))
}

async function answer(
  call: Call,
  done: Attempt<unknown>,
  notice: Notice,
  again: (refusal: Refusal) => RefusedForms,
): Promise<Response> {
  if ('done' in done) return seeOther(`${PATH}?notice=${notice}`)
  const screen = await componentsScreen(call, again(done.refused))
  return show(call.world, 'console/components', screen, statusOf(done.refused))
}
