import { type SQL, sql } from 'drizzle-orm'
import { type AnyPgColumn, check, index, pgTable } from 'drizzle-orm/pg-core'
import { pageLinks } from './audiences.ts'
import { bornAt, id } from './columns.ts'
import { people } from './people.ts'
import { confirmations, subscribers } from './subscribers.ts'

/** By what somebody reads what is meant for staff: the link of a team, or an account of their own. */
const door = () => ({
  linkId: id('link_id').references(() => pageLinks.id),
  personId: id('person_id').references(() => people.id),
})

const oneDoor = ({ linkId, personId }: { linkId: AnyPgColumn; personId: AnyPgColumn }): SQL =>
  sql`num_nonnulls(${linkId}, ${personId}) = 1`

/** The door that a sign-up to the news of staff was made by, until it is confirmed. */
export const staffSignUps = pgTable(
  'staff_sign_ups',
  {
    confirmationId: id('confirmation_id')
      .primaryKey()
      .references(() => confirmations.id, { onDelete: 'cascade' }),
    ...door(),
  },
  (t) => [check('staff_sign_ups_door', oneDoor(t))],
)

/** By what a subscriber hears what is meant for staff: only while it stands, which is looked at whenever something is sent. */
export const staffReaders = pgTable(
  'staff_readers',
  {
    subscriberId: id('subscriber_id')
      .primaryKey()
      .references(() => subscribers.id, { onDelete: 'cascade' }),
    ...door(),
    createdAt: bornAt(),
  },
  (t) => [
    check('staff_readers_door', oneDoor(t)),
    index('staff_readers_link').on(t.linkId),
    index('staff_readers_person').on(t.personId),
  ],
)
