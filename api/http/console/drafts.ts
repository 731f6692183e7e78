import { draftInput, keepTyped } from '../../actions/keep-draft.ts'
import { checked } from '../input.ts'
import { type Call, noContent, route } from '../route.ts'

export const draftRoutes = [
  route({
    method: 'POST',
    path: '/console/drafts',
    door: 'page',
    access: 'responder',
    summary: 'Keeps what is being typed: `form` names the form, the other fields are what is in it',
    tag: 'Console',
    body: draftInput,
    handle: async ({ acting, body, form }) => {
      await keepTyped(acting, isForm(form) ? checked(draftInput, draftIn(form)) : body)
      return noContent()
    },
  }),
]

const isForm = (form: Call['form']): boolean => Object.keys(form).length > 0

const draftIn = ({ form, ...fields }: Record<string, string>) => ({ form, fields })
