import { proofOf, proveAddress } from '../../actions/prove-address.ts'
import { maskAddress } from '../../domain/mask.ts'
import { type Call, route } from '../route.ts'
import { ownAddress, show, TOKEN_PAGE, tokenOf } from './page.ts'
import { shellOf } from './shell.ts'

const shared = { door: 'page', tag: 'Console', access: 'anyone', path: '/console/proof' } as const

export const proofRoutes = [
  route({ ...shared, method: 'GET', summary: 'Asks whether a test alert arrived; changes nothing', handle: ask }),
  route({ ...shared, method: 'POST', summary: 'Proves the address that a test alert reached', handle: prove }),
]

async function ask(call: Call): Promise<Response> {
  const { channel, address } = await proofOf(call.acting, call.acting.db, tokenOf(call))
  const page = { shell: await shellOf(call), action: ownAddress(call), channel, address: maskAddress(address) }
  return show(call.world, 'console/proof', page, 200, TOKEN_PAGE)
}

/** Phones have no session, so the answer says itself that it is done. */
async function prove(call: Call): Promise<Response> {
  const { channel, address } = await proveAddress(call.acting, tokenOf(call))
  const shell = { ...(await shellOf(call)), notice: 'proven' as const }
  const thing = channel === 'sms' ? 'phone' : 'mailbox'
  const page = {
    shell,
    title: `Your ${thing} is proven`,
    sentences: [`Alerts to ${maskAddress(address)} reach you.`],
    link: { href: '/console', text: 'To the console' },
  }
  return show(call.world, 'console/message', page, 200, TOKEN_PAGE)
}
