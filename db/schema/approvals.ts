import { sql } from 'drizzle-orm'
import { check, pgTable, text } from 'drizzle-orm/pg-core'
import { APPROVAL_OUTCOMES, type ApprovalOutcome } from '../../api/domain/approval.ts'
import { at, id, oneOf } from './columns.ts'
import { updates } from './incidents.ts'
import { people } from './people.ts'

/** The approval of an update by a second person, where the cadence asked for it as it was posted. Internal. */
export const approvals = pgTable(
  'approvals',
  {
    updateId: id('update_id')
      .primaryKey()
      .references(() => updates.id),
    askedAt: at('asked_at').notNull(),
    /** The break-glass timer: it waits no longer than this, nor beyond the promise. */
    until: at('until').notNull(),
    /** Until when its author holds it anyway: approved before that, it still waits so long. */
    heldUntil: at('held_until').notNull(),
    /** Null while it waits, and for ever where the update was recalled. */
    outcome: text('outcome').$type<ApprovalOutcome>(),
    decidedAt: at('decided_at'),
    /** Null where the timer, or a program, decided. */
    decidedById: id('decided_by_id').references(() => people.id),
    /** Why the glass was broken. */
    reason: text('reason'),
  },
  (t) => [
    check('approvals_outcome', sql`${t.outcome} is null or ${oneOf(t.outcome, APPROVAL_OUTCOMES)}`),
    check('approvals_decided', sql`(${t.outcome} is null) = (${t.decidedAt} is null)`),
    check('approvals_approver', sql`${t.outcome} is distinct from 'approved' or ${t.decidedById} is not null`),
    check('approvals_reason', sql`(${t.outcome} is not distinct from 'glass_broken') = (${t.reason} is not null)`),
  ],
)
