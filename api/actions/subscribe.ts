import { and, eq, gt, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { queueConfirmation } from '../../db/queries/announcements.ts'
import { publicIncidentKnown } from '../../db/queries/public-incidents.ts'
import { noteStaffDoor, type StaffDoor } from '../../db/queries/staff-readers.ts'
import { knowAgain, suppressionOf } from '../../db/queries/suppressions.ts'
import { confirmations, signUpLinks } from '../../db/schema.ts'
import { type Address, limitKey, parseAddress, parseEmail } from '../domain/address.ts'
import { DAY, plus } from '../domain/duration.ts'
import { PUBLIC_EYES } from '../domain/eyes.ts'
import { Refusal, refuseField } from '../domain/refusal.ts'
import { consentTextOf, mayConfirmAgain } from '../domain/subscription.ts'
import type { Acting } from './acting.ts'
import { idSchema } from './fields.ts'
import { openPageLink } from './open-page-link.ts'
import { preferenceColumns, preferenceFields, requireChoices } from './preference-fields.ts'
import { proofFor, SIGN_UP_CHANNELS, type SignUpChannel } from './sign-up-proof.ts'

/** What signing up takes (contract section 4, Subscriptions). */
export const subscribeInput = preferenceFields.extend({
  channel: z.enum(SIGN_UP_CHANNELS, { error: 'Choose email, sms or webhook.' }),
  address: z.string().max(2000),
  /** Where the owner of a webhook hears by mail that it has been disabled. */
  contact: z.string().max(320).optional(),
  /** Hear of this one alone. */
  incident_id: idSchema.optional(),
  /** The token of a private page: its news is heard too, while its link lives. */
  audience_token: z.string().max(100).optional(),
  consent: z.boolean().default(false),
})
export type Subscribe = z.infer<typeof subscribeInput>

/** Where a sign-up comes from, as its consent is recorded. */
export type ConsentSource = 'form' | 'api' | 'import'

/** What became of a sign-up; the one who asked is never told (standards X4). */
export type SignedUp = 'sent' | 'suppressed' | 'too_soon'

/**
 * Takes a sign-up and sends it the proof, unless nothing may be sent to its address or it has had its share. Nothing it
 * answers differs between addresses, and the same work is done for each: where nothing may be sent it is taken back
 * (standards X4). The message itself is sent later, by the carriers. Through a door of staff it is to their own news.
 */
export const subscribe = async (
  acting: Acting,
  input: Subscribe,
  source: ConsentSource = 'api',
  door: StaffDoor | null = null,
): Promise<SignedUp> => {
  const address = addressIn(acting, input)
  try {
    return await acting.db.transaction(async (tx) => {
      const from = door ?? (input.audience_token ? await privateDoor(acting, tx, input.audience_token) : null)
      await requireChoices(tx, input, from === null ? PUBLIC_EYES : 'audienceId' in from ? [from.audienceId] : 'all')
      await requireFollowable(tx, input.incident_id)
      const verdict = await askForProof(tx, acting, { input, address, source, from })
      if (verdict !== 'sent') throw new TakenBack(verdict)
      return verdict
    })
  } catch (outcome) {
    if (!(outcome instanceof TakenBack)) throw outcome
    const { verdict } = outcome
    if (verdict === 'suppressed')
      await acting.db.transaction((tx) => knowAgain(tx, acting.secrets, input.channel, address.key))
    return verdict
  }
}

/** The private page that a sign-up is made from. */
interface PrivateDoor {
  audienceId: string
  linkId: string
}

async function privateDoor(acting: Acting, tx: Transaction, token: string): Promise<PrivateDoor> {
  const { link, audience } = await openPageLink(acting, tx, 'audience', token)
  return { audienceId: audience!.id, linkId: link!.id }
}

/** Ends the transaction of a sign-up that leaves nothing behind. */
class TakenBack extends Error {
  readonly verdict: SignedUp
  constructor(verdict: SignedUp) {
    super(verdict)
    this.verdict = verdict
  }
}

function addressIn({ webhookAllow }: Acting, input: Subscribe): Address {
  const parsed = parseAddress(input.channel, input.address, webhookAllow)
  if ('refused' in parsed) throw new Refusal('invalid', parsed.refused.message, [parsed.refused])
  if (input.channel === 'sms' && !input.consent)
    throw refuseField('consent', 'consent_required', 'Tick the box to agree to receive text messages.')
  requireContact(input)
  return parsed
}

function requireContact({ channel, contact }: Subscribe): void {
  if (contact === undefined) return
  if (channel !== 'webhook') throw refuseField('contact', 'unknown_field', 'Only a webhook has a contact.')
  const parsed = parseEmail(contact)
  if ('refused' in parsed)
    throw new Refusal('invalid', parsed.refused.message, [{ ...parsed.refused, field: 'contact' }])
}

/** An incident that outsiders do not know is none, whether or not there is one. */
async function requireFollowable(tx: Transaction, incidentId: string | undefined): Promise<void> {
  if (incidentId === undefined) return
  if (!(await publicIncidentKnown(tx, incidentId)))
    throw refuseField('incident_id', 'unknown', `There is no incident ${incidentId} to follow.`)
}

async function askForProof(
  tx: Transaction,
  acting: Acting,
  { input, address, source, from }: Asked & { from: PrivateDoor | StaffDoor | null },
): Promise<SignedUp> {
  const limited = limitKey(address.key)
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`confirmation ${input.channel} ${limited}`}))`)
  const now = await acting.clock(tx)
  const suppression = await suppressionOf(tx, acting.secrets, input.channel, address.key)
  const recent = await recentTimes(tx, input.channel, limited, now)
  const signUp = await writeSignUp(tx, acting, { input, address, source }, now)
  if (from && 'audienceId' in from)
    await tx.insert(signUpLinks).values({ confirmationId: signUp.id, linkId: from.linkId })
  else if (from) await noteStaffDoor(tx, signUp.id, from)
  await queueConfirmation(tx, signUp, now)
  if (suppression) return 'suppressed'
  return mayConfirmAgain(recent, now) ? 'sent' : 'too_soon'
}

async function recentTimes(tx: Transaction, channel: SignUpChannel, limited: string, now: Date) {
  const rows = await tx
    .select({ createdAt: confirmations.createdAt })
    .from(confirmations)
    .where(
      and(
        eq(confirmations.channel, channel),
        eq(sql`lower(${confirmations.addressKey})`, limited),
        gt(confirmations.createdAt, plus(now, -DAY)),
      ),
    )
  return rows.map((row) => row.createdAt)
}

interface Asked {
  input: Subscribe
  address: Address
  source: ConsentSource
}

async function writeSignUp(tx: Transaction, { secrets, actor }: Acting, { input, address, source }: Asked, now: Date) {
  const [row] = await tx
    .insert(confirmations)
    .values({
      id: newId(),
      channel: input.channel,
      address: address.address,
      addressKey: address.key,
      ...preferenceColumns(input),
      incidentId: input.incident_id ?? null,
      ...(await proofFor(tx, secrets, { ...input, addressKey: address.key }, now)),
      consentTextVersion: consentTextOf(input.channel),
      consentSource: source,
      consentIp: actor.kind === 'public' ? actor.ip : null,
      createdAt: now,
    })
    .returning()
  return row!
}
