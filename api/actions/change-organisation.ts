import { z } from 'zod'
import { audit } from '../../db/queries/audit.ts'
import { recordChange } from '../../db/queries/site-changes.ts'
import { organisation } from '../../db/schema.ts'
import { parseAddress } from '../domain/address.ts'
import { bodyText, oneLine } from '../domain/names.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'
import { webAddress, zone } from './fields.ts'

/** Where customers reach the company: a web address, a `mailto:` address, or a bare mail address (becomes `mailto:`). */
export const contact = z
  .string()
  .trim()
  .max(2000)
  .transform((text, context) => {
    const mail = parseAddress('email', text.replace(/^mailto:/i, ''))
    if ('address' in mail) return `mailto:${mail.address}`
    if (webAddress.safeParse(text).success) return text
    context.addIssue({ code: 'custom', message: 'Use a web address (https://…) or a mail address.' })
    return z.NEVER
  })

/** What `PUT /organisation` takes: all of what `GET` answers but the id of the page, which never changes. */
export const organisationInput = z.strictObject({
  name: oneLine(80),
  short_name: oneLine(20),
  page_id: z.string().optional(),
  support_url: contact.nullable(),
  postal_address: bodyText(300).nullable(),
  time_zone: zone,
  terms_url: webAddress.nullable(),
  privacy_url: webAddress.nullable(),
  logo_svg: z.null({ error: 'A logo cannot be set yet; send null.' }),
})
export type Organisation = typeof organisation.$inferSelect

/** Changes the company's own facts; every public page carries them. */
export const changeOrganisation = (acting: Acting, input: z.infer<typeof organisationInput>): Promise<Organisation> =>
  acting.db.transaction(async (tx) => {
    const [before] = await tx.select().from(organisation).for('update')
    if (!before) throw new Refusal('not_found', 'Sitrep is not set up yet.')
    const now = await acting.clock(tx)
    const [after] = await tx
      .update(organisation)
      .set({
        name: input.name,
        shortName: input.short_name,
        supportUrl: input.support_url,
        postalAddress: input.postal_address,
        timeZone: input.time_zone,
        termsUrl: input.terms_url,
        privacyUrl: input.privacy_url,
        updatedAt: now,
      })
      .returning()
    await audit(tx, acting.actor, {
      action: 'organisation.changed',
      subject: { kind: 'organisation', id: null },
      before: { ...before },
      after: { ...input },
    })
    await recordChange(tx, { topic: 'organisation' }, now)
    return after!
  })
