import { z } from 'zod'
import type { Announced } from '../../../db/queries/announced.ts'
import { GUARD_STATES, GUARDED_KINDS, type GuardedKind, guardState } from '../../domain/blast-guard.ts'
import { timeText } from './time.ts'

/** What was announced to subscribers, and whether the blast guard let it. */
export const announcementAnswer = z.strictObject({
  id: z.string(),
  kind: z.enum(GUARDED_KINDS),
  update_id: z.string().nullable(),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  guard: z.enum(GUARD_STATES),
  guarded_at: z.iso.datetime().nullable(),
  /** How many people it would reach; known of what was guarded. */
  reach: z.int().nullable(),
  released_at: z.iso.datetime().nullable(),
  released_by: z.string().nullable(),
})

export const announcementJson = (row: Announced, now: Date): z.infer<typeof announcementAnswer> => ({
  id: row.id,
  kind: row.kind as GuardedKind,
  update_id: row.updateId,
  created_at: timeText(row.createdAt),
  expires_at: timeText(row.expiresAt),
  guard: guardState(row, now),
  guarded_at: row.guardedAt && timeText(row.guardedAt),
  reach: row.guardedReach,
  released_at: row.releasedAt && timeText(row.releasedAt),
  released_by: row.releasedBy,
})
