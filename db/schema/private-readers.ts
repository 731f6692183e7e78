import { index, pgTable, primaryKey } from 'drizzle-orm/pg-core'
import { pageLinks } from './audiences.ts'
import { bornAt, id } from './columns.ts'
import { confirmations, subscribers } from './subscribers.ts'

/** The private page that a sign-up was made from, until it is confirmed. */
export const signUpLinks = pgTable('sign_up_links', {
  confirmationId: id('confirmation_id')
    .primaryKey()
    .references(() => confirmations.id, { onDelete: 'cascade' }),
  linkId: id('link_id')
    .notNull()
    .references(() => pageLinks.id),
})

/** By which links a reader hears what is private: only while the link lives, which is looked at whenever something is sent. */
export const subscriberLinks = pgTable(
  'subscriber_links',
  {
    subscriberId: id('subscriber_id')
      .notNull()
      .references(() => subscribers.id, { onDelete: 'cascade' }),
    linkId: id('link_id')
      .notNull()
      .references(() => pageLinks.id),
    createdAt: bornAt(),
  },
  (t) => [primaryKey({ columns: [t.subscriberId, t.linkId] }), index('subscriber_links_link').on(t.linkId)],
)
