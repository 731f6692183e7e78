import { type AuditEntry, auditEntries } from '../../../db/queries/audit.ts'
import type { AuditRow, AuditScreen } from '../../domain/organisation-screens.ts'
import { cursorOf, positionOf } from '../paging.ts'
import { type Call, route } from '../route.ts'
import { show } from './page.ts'
import { shellOf } from './shell.ts'

const PATH = '/console/audit'
const PER_PAGE = 50

export const auditScreenRoutes = [
  route({
    door: 'page',
    tag: 'Console',
    access: 'admin',
    method: 'GET',
    path: PATH,
    summary: 'Who did what, when and from where',
    handle: async (call) => show(call.world, 'console/audit', await screen(call)),
  }),
]

async function screen(call: Call): Promise<AuditScreen> {
  const asked = new URL(call.request.url).searchParams.get('before') ?? undefined
  const before = positionOf(asked, ['number'])?.[0]
  const rows = await auditEntries(call.acting.db, { before: before ? Number(before) : null, limit: PER_PAGE + 1 })
  const last = rows.length > PER_PAGE ? rows[PER_PAGE - 1] : undefined
  return {
    shell: await shellOf(call),
    acts: rows.slice(0, PER_PAGE).map(rowOf),
    olderUrl: last ? `${PATH}?before=${cursorOf([String(last.id)])}` : null,
  }
}

const rowOf = (entry: AuditEntry): AuditRow => ({
  at: entry.at.toISOString(),
  actor: entry.actorName,
  actorKind: entry.actorKind,
  action: entry.action,
  subject: { kind: entry.subjectKind, id: entry.subjectId },
  changes: changesOf(entry),
  ip: entry.ip,
})

/** Fields that differ; what was not told before is shown as it is now. */
function changesOf({ before, after }: AuditEntry): AuditRow['changes'] {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  const told = fields.map((field) => ({ field, before: shown(before?.[field]), after: shown(after?.[field]) }))
  return told.filter((change) => change.before !== change.after)
}

/** A value as people read it; null where there is none. */
function shown(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
