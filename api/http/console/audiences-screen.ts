import { type CountedLink, listAudiences, listLinks, privateComponentNames } from '../../../db/queries/audiences.ts'
import type { AudienceRow, AudiencesScreen, LinkRow } from '../../domain/audiences-screen.ts'
import { isLive } from '../../domain/page-link.ts'
import type { Call } from '../route.ts'
import { emptyForm } from './forms.ts'
import { shellOf } from './shell.ts'

/** More links of one page than this are not shown at once; the API has them all. */
const MOST_LINKS = 50

/** What has come of a form of the screen. */
export type Come = Partial<Pick<AudiencesScreen, 'adding' | 'making' | 'made' | 'kept'>>

/** Every audience with what it sees and who holds its links; the links of staff below. */
export async function audiencesScreen(call: Call, come: Come = {}): Promise<AudiencesScreen> {
  const { db } = call.acting
  const shell = await shellOf(call)
  const now = new Date(shell.now)
  const rows: AudienceRow[] = []
  for (const { id, slug, name } of await listAudiences(db)) {
    const links = await listLinks(db, { audienceId: id }, { limit: MOST_LINKS })
    const components = await privateComponentNames(db, id)
    rows.push({ id, slug, name, components, links: links.map((link) => linkRow(link, now)) })
  }
  const staffLinks = await listLinks(db, 'staff', { limit: MOST_LINKS })
  return {
    shell,
    audiences: rows,
    staffLinks: staffLinks.map((link) => linkRow(link, now)),
    adding: emptyForm(),
    making: null,
    made: null,
    kept: null,
    ...come,
  }
}

const linkRow = (link: CountedLink, now: Date): LinkRow => ({
  id: link.id,
  name: link.name,
  madeAt: link.createdAt.toISOString(),
  expiresAt: link.expiresAt.toISOString(),
  revokedAt: link.revokedAt?.toISOString() ?? null,
  lastUsedAt: link.lastUsedAt?.toISOString() ?? null,
  live: isLive(link, now),
  readers: link.readers,
})
