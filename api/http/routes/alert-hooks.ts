import { sourceByKey } from '../../../db/queries/alert-drafts.ts'
import { tokenHash } from '../../actions/link-token.ts'
import { SOURCE_KEY } from '../../actions/make-alert-source.ts'
import { takeAlerts } from '../../actions/take-alerts.ts'
import { ALERT_SOURCE_KINDS, type AlertSourceKind } from '../../domain/draft.ts'
import { readAlertmanager } from '../../domain/incoming-alerts/alertmanager.ts'
import { type GenericMapping, readGeneric } from '../../domain/incoming-alerts/generic.ts'
import { readPagerduty } from '../../domain/incoming-alerts/pagerduty.ts'
import type { Reading } from '../../domain/incoming-alerts/report.ts'
import { isSignedBySource } from '../../domain/incoming-alerts/signature.ts'
import { Refusal } from '../../domain/refusal.ts'
import { unseal } from '../../domain/sealing.ts'
import { parsedJson } from '../input.ts'
import { type Call, json, type Route, route } from '../route.ts'

const READ: Record<AlertSourceKind, (value: unknown, mapping: GenericMapping | undefined) => Reading> = {
  alertmanager: readAlertmanager,
  grafana: readAlertmanager,
  pagerduty: readPagerduty,
  generic: readGeneric,
}

const hook = (kind: AlertSourceKind): Route =>
  route({
    method: 'POST',
    path: `/hooks/alerts/${kind}`,
    door: 'hook',
    access: 'anyone',
    crossSite: true,
    provesItself: true,
    admits: (_, request) => keyInHeader(request) !== null,
    tag: 'Hooks',
    // Alertmanager posts a whole group of alerts at once.
    mostBytes: 1024 * 1024,
    summary: 'Alerts, of which an internal draft is made; nothing of them is public',
    handle: async (call: Call<undefined, undefined>) => {
      const source = await provenSource(call, kind)
      const read = READ[kind](parsedJson(String(call.body)), source.mapping ?? undefined)
      if (read === null) throw new Refusal('malformed', `This is not what a source of kind ${kind} is known to send.`)
      const draftId = read === 'ignored' ? null : await takeAlerts(call.acting, source, read)
      call.world.log.info({ source: source.id, draft: draftId }, 'alerts were taken')
      return json(202, { draft_id: draftId })
    },
  })

export const alertHookRoutes = ALERT_SOURCE_KINDS.map(hook)

/** The source whose key came with the request; refuses an unknown key, and what it ought to have signed and did not. */
async function provenSource({ world, request, body }: Call, kind: AlertSourceKind) {
  const key = keyInHeader(request) ?? new URL(request.url).searchParams.get('key') ?? ''
  const source = SOURCE_KEY.test(key) ? await sourceByKey(world.db, kind, tokenHash(key)) : null
  if (!source) throw new Refusal('unauthenticated', 'The key is not that of an alert source of this kind.')
  if (source.sealedSecret === null) return source
  const secret = unseal(source.sealedSecret, world.secrets)
  if (secret === null)
    throw new Refusal('unauthenticated', 'Its secret is lost, since SECRET has changed: make the alert source anew.')
  const posted = { headers: request.headers, body: String(body) }
  if (!isSignedBySource(kind, posted, secret, await world.clock(world.db)))
    throw new Refusal('unauthenticated', 'This was not signed with the secret of its alert source, or too long ago.')
  return source
}

/** The key as Alertmanager can send it besides in the address: as bearer token or as password (standards W12). */
function keyInHeader(request: Request): string | null {
  const [scheme = '', value = ''] = (request.headers.get('authorization') ?? '').split(' ')
  const decoded = /^basic$/i.test(scheme) ? Buffer.from(value, 'base64').toString() : null
  const key = decoded === null ? (/^bearer$/i.test(scheme) ? value : '') : decoded.slice(decoded.indexOf(':') + 1)
  return SOURCE_KEY.test(key) ? key : null
}
