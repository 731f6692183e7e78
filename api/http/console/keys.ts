import { listKeys } from '../../../db/queries/people.ts'
import { makeKey, makeKeyInput, revokeKey } from '../../actions/make-key.ts'
import type { KeysScreen } from '../../domain/organisation-screens.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { cursorOf, positionOf } from '../paging.ts'
import { type Call, route } from '../route.ts'
import { emptyForm, idIn, refusedForm } from './forms.ts'
import { attempt, seeOther, show } from './page.ts'
import { shellOf } from './shell.ts'

const PATH = '/console/keys'
const PER_PAGE = 50
const shared = { door: 'page', tag: 'Console', access: 'admin' } as const

export const keyScreenRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: PATH,
    summary: 'Keys of the API',
    handle: async (call) => show(call.world, 'console/keys', await screen(call)),
  }),
  route({
    ...shared,
    method: 'POST',
    path: PATH,
    summary: 'Makes a key; it is shown on this answer and nowhere else',
    handle: async (call) => {
      const { name, role } = call.form
      const done = await attempt(async () => makeKey(call.acting, checked(makeKeyInput, { name, role })))
      if ('refused' in done) {
        const refused = await screen(call, { making: refusedForm(call.form, done.refused) })
        return show(call.world, 'console/keys', refused, statusOf(done.refused))
      }
      const { row, key } = done.done
      return show(call.world, 'console/keys', await screen(call, { made: { name: row.name, key } }), 201)
    },
  }),
  route({
    ...shared,
    method: 'POST',
    path: `${PATH}/:id/revoke`,
    summary: 'Ends a key at once',
    handle: async ({ acting, params }) => {
      await revokeKey(acting, idIn(params, 'key'))
      return seeOther(`${PATH}?notice=key_revoked`)
    },
  }),
]

async function screen(call: Call, come: Partial<Pick<KeysScreen, 'making' | 'made'>> = {}): Promise<KeysScreen> {
  const asked = new URL(call.request.url).searchParams.get('after') ?? undefined
  const rows = await listKeys(call.acting.db, { after: positionOf(asked, ['id'])?.[0], limit: PER_PAGE + 1 })
  const shown = rows.slice(0, PER_PAGE)
  const last = rows.length > PER_PAGE ? shown.at(-1) : undefined
  return {
    shell: await shellOf(call),
    keys: shown.map((row) => ({
      id: row.id,
      name: row.name,
      prefix: row.prefix,
      role: row.role,
      person: row.personName,
      madeAt: row.createdAt.toISOString(),
      lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
      revokedAt: row.revokedAt?.toISOString() ?? null,
    })),
    moreUrl: last ? `${PATH}?after=${cursorOf([last.id])}` : null,
    making: emptyForm(),
    made: null,
    ...come,
  }
}
