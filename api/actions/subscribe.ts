import { randomBytes } from 'node:crypto'
import { and, eq, gt, inArray, isNull, ne, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { queueConfirmation } from '../../db/queries/announcements.ts'
import { knowAgain } from '../../db/queries/suppressions.ts'
import { componentGroups, components, confirmations, subscribers, webhookEndpoints } from '../../db/schema.ts'
import { type Address, limitKey, parseAddress, parseEmail } from '../domain/address.ts'
import { EVENTS } from '../domain/audience.ts'
import { DAY, plus } from '../domain/duration.ts'
import { Refusal, refuseField } from '../domain/refusal.ts'
import { seal } from '../domain/sealing.ts'
import { SEVERITIES } from '../domain/severity.ts'
import { confirmationToken, hashOfToken } from '../domain/signature.ts'
import { CONSENT_TEXT_VERSION, mayConfirmAgain, PROOF_LIFE } from '../domain/subscription.ts'
import { newWebhookSecret } from '../domain/webhook-signature.ts'
import type { Acting } from './acting.ts'
import { idSchema } from './fields.ts'

/** What signing up takes (contract section 4, Subscriptions). */
export const subscribeInput = z.strictObject({
  channel: z.enum(['email', 'sms', 'webhook'], { error: 'Choose email, sms or webhook.' }),
  address: z.string().max(2000),
  /** Where the owner of a webhook hears by mail that it has been disabled. */
  contact: z.string().max(320).optional(),
  components: z.array(idSchema).max(200).default([]),
  component_groups: z.array(idSchema).max(100).default([]),
  min_severity: z.enum(SEVERITIES).default('SEV4'),
  events: z.enum(EVENTS).default('all'),
  maintenance: z.boolean().default(true),
  locale: z.enum(['en']).default('en'),
  time_zone: z
    .string()
    .refine((name) => name === 'Etc/UTC' || Intl.supportedValuesOf('timeZone').includes(name), {
      error: 'Use an IANA time zone, such as Europe/Berlin.',
    })
    .default('Etc/UTC'),
  consent: z.boolean().default(false),
})
export type Subscribe = z.infer<typeof subscribeInput>

/**
 * Takes a sign-up and, unless the address has had its share of confirmations, sends it the proof. Nothing it answers or
 * does differs between known and unknown addresses (standards X4); the message itself is sent later, by the carriers.
 */
export const subscribe = (acting: Acting, input: Subscribe): Promise<void> =>
  acting.db.transaction(async (tx) => {
    const address = addressIn(acting, input)
    await requireChoices(tx, input)
    const limited = limitKey(address.key)
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`confirmation ${input.channel} ${limited}`}))`)
    const now = await acting.clock(tx)
    if (!mayConfirmAgain(await recentTimes(tx, input.channel, limited, now), now)) return
    const signUp = await writeSignUp(tx, acting, input, address, now)
    await knowAgain(tx, acting.secrets, input.channel, address.key)
    await queueConfirmation(tx, signUp, now)
  })

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

async function requireChoices(tx: Transaction, input: Subscribe): Promise<void> {
  await requireKnown('components', input.components, (ids) =>
    tx
      .select({ id: components.id })
      .from(components)
      .where(and(inArray(components.id, ids), isNull(components.archivedAt))),
  )
  await requireKnown('component_groups', input.component_groups, (ids) =>
    tx
      .select({ id: componentGroups.id })
      .from(componentGroups)
      .where(and(inArray(componentGroups.id, ids), isNull(componentGroups.archivedAt))),
  )
}

async function requireKnown(
  field: string,
  ids: string[],
  find: (ids: string[]) => PromiseLike<{ id: string }[]>,
): Promise<void> {
  if (ids.length === 0) return
  const known = new Set((await find(ids)).map((row) => row.id))
  const unknown = ids.findIndex((id) => !known.has(id))
  if (unknown >= 0) throw refuseField(`${field}.${unknown}`, 'unknown', `There is no ${ids[unknown]} to choose.`)
}

async function recentTimes(tx: Transaction, channel: Subscribe['channel'], limited: string, now: Date) {
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

async function writeSignUp(tx: Transaction, { secrets }: Acting, input: Subscribe, address: Address, now: Date) {
  const nonce = randomBytes(32).toString('hex')
  const [row] = await tx
    .insert(confirmations)
    .values({
      id: newId(),
      channel: input.channel,
      address: address.address,
      addressKey: address.key,
      componentIds: input.components,
      groupIds: input.component_groups,
      minSeverity: input.min_severity,
      events: input.events,
      maintenance: input.maintenance,
      locale: input.locale,
      timeZone: input.time_zone,
      nonce,
      ...(input.channel === 'webhook' ? await endpointFor(tx, secrets, address.key, input.contact) : {}),
      tokenHash: input.channel === 'email' ? hashOfToken(confirmationToken(secrets, nonce)) : null,
      consentTextVersion: input.channel === 'sms' ? CONSENT_TEXT_VERSION : null,
      createdAt: now,
      expiresAt: plus(now, PROOF_LIFE[input.channel]),
    })
    .returning()
  return row!
}

/**
 * What a webhook's sign-up keeps besides: the secret that its challenge brings. An endpoint that is known already is told
 * the one it has, so that nobody can change it from outside by signing it up again.
 */
async function endpointFor(tx: Transaction, secrets: Acting['secrets'], addressKey: string, contact?: string) {
  const [known] = await tx
    .select({ secret: webhookEndpoints.secret })
    .from(webhookEndpoints)
    .innerJoin(subscribers, eq(subscribers.id, webhookEndpoints.subscriberId))
    .where(
      and(eq(subscribers.addressKey, addressKey), eq(subscribers.channel, 'webhook'), ne(subscribers.state, 'ended')),
    )
  return { webhookSecret: known?.secret ?? seal(newWebhookSecret(), secrets), webhookContact: contact?.trim() ?? null }
}
