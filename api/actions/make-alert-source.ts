import { and, eq, isNull } from 'drizzle-orm'
import { z } from 'zod'
import { newId } from '../../db/ids.ts'
import type { AlertSource } from '../../db/queries/alert-drafts.ts'
import { audit } from '../../db/queries/audit.ts'
import { alertSources } from '../../db/schema.ts'
import { ALERT_SOURCE_KINDS } from '../domain/draft.ts'
import { genericMapping } from '../domain/incoming-alerts/generic.ts'
import { canSign } from '../domain/incoming-alerts/signature.ts'
import { oneLine } from '../domain/names.ts'
import { refuseField, refuseMissing } from '../domain/refusal.ts'
import { seal } from '../domain/sealing.ts'
import { isWebhookSecret } from '../domain/webhook-signature.ts'
import type { Acting } from './acting.ts'
import { newToken, tokenHash } from './link-token.ts'

export const makeAlertSourceInput = z.strictObject({
  kind: z.enum(ALERT_SOURCE_KINDS),
  name: oneLine(80),
  secret: z.string().min(8).max(200).optional(),
  mapping: genericMapping.optional(),
})
type Input = z.infer<typeof makeAlertSourceInput>

/** Keys of sources begin so, and are never taken for an API key. */
export const SOURCE_KEY = /^alert_[\w-]{20,100}$/

/** Lets a system post alerts. Its key is answered only here and kept as a hash, its signing secret sealed (X8, W15). */
export const makeAlertSource = (acting: Acting, input: Input): Promise<{ row: AlertSource; key: string }> =>
  acting.db.transaction(async (tx) => {
    refuseUnusable(input)
    const { kind, name, secret, mapping } = input
    const key = `alert_${newToken()}`
    const [row] = await tx
      .insert(alertSources)
      .values({
        id: newId(),
        kind,
        name,
        prefix: key.slice(0, 12),
        hash: tokenHash(key),
        sealedSecret: secret === undefined ? null : seal(secret, acting.secrets),
        mapping: kind === 'generic' ? genericMapping.parse(mapping ?? {}) : null,
        createdAt: await acting.clock(tx),
      })
      .returning()
    await audit(tx, acting.actor, {
      action: 'alert_source.made',
      subject: { kind: 'alert_source', id: row!.id },
      after: { kind, name, signed: secret !== undefined },
    })
    return { row: row!, key }
  })

function refuseUnusable({ kind, secret, mapping }: Input): void {
  if (mapping && kind !== 'generic')
    throw refuseField('mapping', 'not_needed', `What ${kind} sends is known; only a generic source has a mapping.`)
  if (secret !== undefined && !canSign(kind))
    throw refuseField('secret', 'not_signed', `What ${kind} sends is not signed; its key alone proves it.`)
  if (secret !== undefined && kind === 'generic' && !isWebhookSecret(secret))
    throw refuseField('secret', 'invalid', 'Use whsec_ and 24 to 64 random bytes in base64 (Standard Webhooks).')
}

/** Ends a source's key at once; its drafts stay. */
export const revokeAlertSource = (acting: Acting, id: string): Promise<void> =>
  acting.db.transaction(async (tx) => {
    const [row] = await tx
      .update(alertSources)
      .set({ revokedAt: await acting.clock(tx) })
      .where(and(eq(alertSources.id, id), isNull(alertSources.revokedAt)))
      .returning()
    if (!row) throw refuseMissing('alert source')
    await audit(tx, acting.actor, { action: 'alert_source.revoked', subject: { kind: 'alert_source', id } })
  })
