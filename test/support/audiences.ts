import type { Acting } from '../../api/actions/acting.ts'
import { addComponent } from '../../api/actions/add-component.ts'
import { makePageLink } from '../../api/actions/make-page-link.ts'
import { addAudience } from '../../api/actions/name-audience.ts'
import { newId } from '../../db/ids.ts'
import { subscriberLinks } from '../../db/schema.ts'
import type { TestDatabase } from './database.ts'
import { someSubscriber } from './delivering.ts'

type World = Pick<TestDatabase, 'db'> & { acting: Acting }

/** An audience with a link to its page. */
export async function someAudience({ acting }: World, slug: string) {
  const audience = await addAudience(acting, { slug, name: slug.toUpperCase() })
  const { link, token } = await makePageLink(acting, { audienceId: audience.id }, { name: `Team of ${slug}` })
  return { ...audience, link, token }
}

/** A component that these audiences alone may see; with none, everybody. */
export const someComponent = ({ acting }: World, name: string, audiences: readonly { id: string }[] = []) =>
  addComponent(acting, { name, audience_ids: audiences.map(({ id }) => id) })

/** Somebody who hears from us and came by these links. */
export async function someReader(world: World, address: string, links: readonly { id: string }[], given = {}) {
  const reader = await someSubscriber(world, address, given)
  for (const link of links) await world.db.insert(subscriberLinks).values({ subscriberId: reader.id, linkId: link.id })
  return reader
}

/** A name that no other has. */
export const newName = (what: string): string => `${what} ${newId()}`
