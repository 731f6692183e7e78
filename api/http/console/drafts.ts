import { draftInput, keepTyped } from '../../actions/keep-draft.ts'
import { checked } from '../input.ts'
import { noContent, route } from '../route.ts'

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
      await keepTyped(acting, isForm(body) ? checked(draftInput, draftIn(form)) : body)
      return noContent()
    },
  }),
]

/** What came as JSON has been read already; of a form there is only the text yet. */
const isForm = (body: unknown): boolean => typeof body === 'string'

const draftIn = ({ form, ...fields }: Record<string, string>) => ({ form, fields })
