import { z } from 'zod'
import { type Suppression, suppressAddress } from '../../db/queries/suppressions.ts'
import { parseAddress } from '../domain/address.ts'
import { Refusal, refuseConflict } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'

/** What suppressing by hand takes. */
export const suppressInput = z.strictObject({
  channel: z.enum(['email', 'sms'], { error: 'Choose email or sms.' }),
  address: z.string().max(320),
})

/** Suppresses an address by hand: whatever waits for it ends, and nothing more is sent to it until that is lifted. */
export async function suppress(
  acting: Acting,
  { channel, address }: z.infer<typeof suppressInput>,
): Promise<Suppression> {
  const parsed = parseAddress(channel, address)
  if ('refused' in parsed) throw new Refusal('invalid', parsed.refused.message, [parsed.refused])
  const given = { channel, addressKey: parsed.key, reason: 'manual', source: 'person' } as const
  const row = await acting.db.transaction((tx) => suppressAddress(tx, acting.secrets, acting.actor, given))
  if (!row) throw refuseConflict('already_suppressed', 'This address is suppressed already.', 'address')
  return row
}
