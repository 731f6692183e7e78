import { eq, or, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { audit } from '../../db/queries/audit.ts'
import { invitations, people } from '../../db/schema.ts'
import { parseAddress } from '../domain/address.ts'
import { DAY, plus } from '../domain/duration.ts'
import { oneLine } from '../domain/names.ts'
import { Refusal, refuseField } from '../domain/refusal.ts'
import { ROLES } from '../domain/role.ts'
import { readWebhookUrl } from '../domain/webhook-url.ts'
import type { Acting } from './acting.ts'
import { webAddress, zone } from './fields.ts'
import { newToken, tokenHash } from './link-token.ts'

/** An address of a channel, kept as typed; refused when nothing could ever be sent to it. */
const address = (channel: 'email' | 'sms') =>
  z
    .string()
    .max(320)
    .transform((text, context) => {
      const parsed = parseAddress(channel, text)
      if ('address' in parsed) return parsed.address
      context.addIssue({ code: 'custom', message: parsed.refused.message })
      return z.NEVER
    })

export const personFields = {
  name: oneLine(80),
  /** Staff sign in with it, in whatever case they type it: kept in lower case. */
  email: address('email').transform((text) => text.toLowerCase()),
  phone: address('sms').nullable(),
  webhook_url: webAddress.nullable(),
  role: z.enum(ROLES),
  time_zone: zone,
  locale: z.enum(['en']),
}

export const addPersonInput = z.strictObject({
  email: personFields.email,
  role: personFields.role,
  name: personFields.name.optional(),
  ...z.object(personFields).omit({ email: true, role: true, name: true }).partial().shape,
})
export type AddPerson = z.infer<typeof addPersonInput>
export type Person = typeof people.$inferSelect

/** How long an invitation may be used. */
const INVITATION_LIFE = 7 * DAY

/** Adds a member of staff and answers the link with which they choose a password; the link is shown only here. */
export const addPerson = (acting: Acting, input: AddPerson): Promise<{ person: Person; invitationUrl: string }> =>
  acting.db.transaction(async (tx) => {
    refuseUnreachable(acting, input.webhook_url)
    await refuseTaken(tx, input)
    const now = await acting.clock(tx)
    const [person] = await tx
      .insert(people)
      .values({
        id: newId(),
        name: input.name ?? input.email.split('@')[0]!,
        email: input.email,
        phone: input.phone ?? null,
        webhookUrl: input.webhook_url ?? null,
        role: input.role,
        timeZone: input.time_zone ?? 'Etc/UTC',
        locale: input.locale ?? 'en',
        createdAt: now,
        updatedAt: now,
      })
      .returning()
    await audit(tx, acting.actor, {
      action: 'person.added',
      subject: { kind: 'person', id: person!.id },
      after: { name: person!.name, role: person!.role },
    })
    return { person: person!, invitationUrl: await invite(tx, acting, person!.id, now) }
  })

/** Refuses a webhook that nothing would ever be sent to (standards W7, W8). */
export function refuseUnreachable({ webhookAllow }: Acting, url: string | null | undefined): void {
  if (!url) return
  const read = readWebhookUrl(url, webhookAllow)
  if ('refused' in read) throw refuseField('webhook_url', 'url_refused', read.refused)
}

/** Writes a new invitation and answers its link; earlier ones of the person stop working. */
export async function invite(tx: Transaction, { urls }: Acting, personId: string, now: Date): Promise<string> {
  const token = newToken()
  await tx.delete(invitations).where(eq(invitations.personId, personId))
  await tx.insert(invitations).values({
    tokenHash: tokenHash(token),
    personId,
    createdAt: now,
    expiresAt: plus(now, INVITATION_LIFE),
  })
  return `${urls.api}/console/invitation?token=${token}`
}

/** Makes a new invitation for somebody who lost theirs or forgot the password; sessions stay until it is used. */
export const resetPerson = (acting: Acting, email: string): Promise<string> =>
  acting.db.transaction(async (tx) => {
    const [person] = await tx.select().from(people).where(sql`lower(${people.email}) = lower(${email})`)
    if (!person?.active) throw new Refusal('not_found', `There is no active person with the address ${email}.`)
    const url = await invite(tx, acting, person.id, await acting.clock(tx))
    await audit(tx, acting.actor, { action: 'person.reset', subject: { kind: 'person', id: person.id } })
    return url
  })

/** Refuses an address or number that somebody else has already; whoever asks for one waits for whoever asked before. */
export async function refuseTaken(
  tx: Transaction,
  wanted: { email?: string | undefined; phone?: string | null | undefined },
  exceptId = '',
): Promise<void> {
  const { email, phone } = wanted
  if (!email && !phone) return
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('addresses of people'))`)
  const rows = await tx
    .select()
    .from(people)
    .where(
      or(
        email ? sql`lower(${people.email}) = lower(${email})` : undefined,
        phone ? eq(people.phone, phone) : undefined,
      ),
    )
  for (const row of rows.filter((other) => other.id !== exceptId)) {
    if (email && row.email.toLowerCase() === email.toLowerCase())
      throw refuseField('email', 'taken', 'Somebody has this address already.')
    if (phone && row.phone === phone && row.active)
      throw refuseField('phone', 'taken', 'Somebody has this number already.')
  }
}
