import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { newId } from '../../db/ids.ts'
import { knownAudiences, type PageLink, standingLink } from '../../db/queries/audiences.ts'
import { audit } from '../../db/queries/audit.ts'
import { pageLinks } from '../../db/schema.ts'
import { plus } from '../domain/duration.ts'
import { oneLine } from '../domain/names.ts'
import { LINK_LIFE } from '../domain/page-link.ts'
import { refuseField, refuseMissing } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'
import { instant } from './fields.ts'
import { newToken, tokenHash } from './link-token.ts'

export const makePageLinkInput = z.strictObject({
  /** The team or customer that is given it. */
  name: oneLine(80),
  /** A year from now, unless told otherwise. */
  expires_at: instant.optional(),
})
type Input = z.infer<typeof makePageLinkInput>

/** Whose page a link opens. */
export type LinkTo = { audienceId: string } | 'staff'

/** Makes a link to an audience's page or to the staff page. Its token is answered only here and kept as a hash (X7). */
export const makePageLink = (acting: Acting, to: LinkTo, input: Input): Promise<{ link: PageLink; token: string }> =>
  acting.db.transaction(async (tx) => {
    const audienceId = to === 'staff' ? null : to.audienceId
    if (audienceId !== null && !(await knownAudiences(tx, [audienceId])).has(audienceId))
      throw refuseMissing('audience')
    const now = await acting.clock(tx)
    const expiresAt = input.expires_at ?? plus(now, LINK_LIFE)
    if (expiresAt <= now) throw refuseField('expires_at', 'in_the_past', 'Choose a time that is still to come.')
    const token = newToken()
    const [link] = await tx
      .insert(pageLinks)
      .values({
        id: newId(),
        kind: audienceId === null ? 'staff' : 'audience',
        audienceId,
        name: input.name,
        tokenHash: tokenHash(token),
        createdAt: now,
        expiresAt,
      })
      .returning()
    await audit(tx, acting.actor, {
      action: 'page_link.made',
      subject: { kind: 'page_link', id: link!.id },
      after: { audience_id: audienceId, name: input.name, expires_at: expiresAt.toISOString() },
    })
    return { link: link!, token }
  })

/**
 * Ends a link at once: its page and its feeds, and private news to those who subscribed by it. A link is revoked because
 * it is in wrong hands or because its holder has left; whoever subscribed by it came in by the same door. They keep what
 * is public. So that nothing ends unseen, it answers and records how many they are.
 */
export const revokePageLink = (acting: Acting, to: LinkTo, id: string): Promise<{ readers: number }> =>
  acting.db.transaction(async (tx) => {
    const link = await standingLink(tx, id)
    const audienceId = to === 'staff' ? null : to.audienceId
    if (!link || link.audienceId !== audienceId) throw refuseMissing('link')
    await tx
      .update(pageLinks)
      .set({ revokedAt: await acting.clock(tx) })
      .where(eq(pageLinks.id, id))
    await audit(tx, acting.actor, {
      action: 'page_link.revoked',
      subject: { kind: 'page_link', id },
      after: { name: link.name, readers: link.readers },
    })
    return { readers: link.readers }
  })
