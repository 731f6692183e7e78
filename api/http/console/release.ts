import { openIncidents } from '../../../db/queries/incidents.ts'
import { heldRestore, waitingToBeSent } from '../../../db/queries/restores.ts'
import { releaseRestored } from '../../actions/release-restored.ts'
import { refuseField } from '../../domain/refusal.ts'
import type { ReleaseScreen } from '../../domain/screens.ts'
import { type Call, route } from '../route.ts'
import { seeOther, show } from './page.ts'
import { shellOf } from './shell.ts'

const shared = { door: 'page', tag: 'Console', access: 'admin', path: '/console/release' } as const

export const releaseRoutes = [
  route({
    ...shared,
    method: 'GET',
    summary: 'What a restored database would send and publish; changes nothing',
    handle: async (call) => show(call.world, 'console/release', await releaseScreen(call)),
  }),
  route({ ...shared, method: 'POST', summary: 'Lets a restored database speak again', handle: release }),
]

async function releaseScreen(call: Call): Promise<ReleaseScreen> {
  const { db } = call.world
  const [shell, held] = [await shellOf(call), await heldRestore(db)]
  if (!held) return { shell, held: null }
  const { messages } = await waitingToBeSent(db)
  return {
    shell,
    held: {
      takenAt: held.takenAt.toISOString(),
      restoredAt: held.restoredAt.toISOString(),
      openIncidents: (await openIncidents(db)).length,
      waiting: messages,
    },
  }
}

async function release({ acting, form }: Call): Promise<Response> {
  const { waiting } = form
  if (waiting !== 'send' && waiting !== 'drop')
    throw refuseField('waiting', 'required', 'Say what becomes of the messages that wait: send or drop.')
  await releaseRestored(acting, { dropWaiting: waiting === 'drop' })
  return seeOther('/console?notice=released')
}
