import { and, eq, isNull } from 'drizzle-orm'
import { leaveShared, readersOfAudience, shownToItAlone } from '../../db/queries/audiences.ts'
import { audit } from '../../db/queries/audit.ts'
import { audiences, pageLinks } from '../../db/schema.ts'
import { refuseConflict, refuseMissing } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'

/**
 * Ends an audience: its links with their pages and feeds, and private news to those who came by them; they keep what is
 * public. Nothing becomes public by it. So it is refused while a component is shown to it alone, for only a person can
 * say who is to see that instead; and an archived component that it alone was shown stays hidden with all its past.
 * Answers and records how many readers it silences.
 */
export const archiveAudience = (acting: Acting, id: string): Promise<{ readers: number }> =>
  acting.db.transaction(async (tx) => {
    // Whoever is just showing a component to it is waited for, and seen.
    const [audience] = await tx
      .select()
      .from(audiences)
      .where(and(eq(audiences.id, id), isNull(audiences.archivedAt)))
      .for('update')
    if (!audience) throw refuseMissing('audience')
    const alone = await shownToItAlone(tx, id)
    if (alone)
      throw refuseConflict(
        'in_use',
        `${alone.name} is shown to ${audience.name} alone. Show it to others, or archive it, before.`,
      )
    const now = await acting.clock(tx)
    const readers = await readersOfAudience(tx, id)
    await leaveShared(tx, id)
    await tx
      .update(pageLinks)
      .set({ revokedAt: now })
      .where(and(eq(pageLinks.audienceId, id), isNull(pageLinks.revokedAt)))
    await tx.update(audiences).set({ archivedAt: now, updatedAt: now }).where(eq(audiences.id, id))
    await audit(tx, acting.actor, {
      action: 'audience.archived',
      subject: { kind: 'audience', id },
      before: { slug: audience.slug, name: audience.name },
      after: { readers },
    })
    return { readers }
  })
