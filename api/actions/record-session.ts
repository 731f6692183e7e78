import { audit } from '../../db/queries/audit.ts'
import type { Acting } from './acting.ts'

/** What became of a session: begun, not begun because address and password did not fit, or ended. */
export type SessionEvent = 'session.began' | 'session.refused' | 'session.ended'

/**
 * Writes the audit's line about signing in or out (standards X11). A refused attempt names the person whose address was
 * used, if there is one, and never the address.
 */
export const recordSession = (
  { db, actor }: Acting,
  event: SessionEvent,
  person: { id: string; name: string } | null,
): Promise<void> =>
  db.transaction((tx) => {
    const who =
      person && event !== 'session.refused' ? { ...actor, kind: 'person', id: person.id, name: person.name } : actor
    return audit(tx, who, { action: event, subject: { kind: 'person', id: person?.id ?? null } })
  })
