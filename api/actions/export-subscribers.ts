import { audit } from '../../db/queries/audit.ts'
import type { Acting } from './acting.ts'

/** Records that somebody takes the list of subscribers out of the house, before a byte of it leaves (standards X11). */
export const noteExport = ({ db, actor }: Acting, what: Record<string, unknown>): Promise<void> =>
  db.transaction((tx) =>
    audit(tx, actor, { action: 'subscribers.exported', subject: { kind: 'subscribers', id: null }, after: what }),
  )
