import { z } from 'zod'
import { type AlertSource, alertsOfDrafts, type DraftAlert, type ToldDraft } from '../../../db/queries/alert-drafts.ts'
import type { Reader } from '../../../db/queries/cadence.ts'
import { ALERT_SOURCE_KINDS, DRAFT_STATES } from '../../domain/draft.ts'
import { genericMapping } from '../../domain/incoming-alerts/generic.ts'
import { timeOrNull, timeText } from './time.ts'

const time = z.iso.datetime()
const kind = z.enum(ALERT_SOURCE_KINDS)

export const alertSourceAnswer = z.strictObject({
  id: z.string(),
  kind,
  name: z.string(),
  prefix: z.string(),
  signed: z.boolean(),
  mapping: genericMapping.nullable(),
  created_at: time,
  revoked_at: time.nullable(),
})
export const alertSourceOnceAnswer = alertSourceAnswer.extend({ key: z.string(), url: z.string() })

/** `signed` tells whether what the source posts has to be signed with its secret. */
export const alertSourceJson = (row: AlertSource): z.infer<typeof alertSourceAnswer> => ({
  id: row.id,
  kind: row.kind,
  name: row.name,
  prefix: row.prefix,
  signed: row.sealedSecret !== null,
  mapping: row.mapping,
  created_at: timeText(row.createdAt),
  revoked_at: timeOrNull(row.revokedAt),
})

export const draftAnswer = z.strictObject({
  id: z.string(),
  state: z.enum(DRAFT_STATES),
  title: z.string(),
  source: z.strictObject({ id: z.string(), kind, name: z.string() }),
  detected_at: time,
  last_alert_at: time,
  ended_at: time.nullable(),
  incident_id: z.string().nullable(),
  alerts: z.array(
    z.strictObject({
      title: z.string(),
      url: z.string().nullable(),
      status: z.enum(['firing', 'resolved']),
      starts_at: time,
      resolved_at: time.nullable(),
    }),
  ),
  created_at: time,
})

const alertJson = ({ title, url, startsAt, resolvedAt }: DraftAlert) => ({
  title,
  url,
  status: resolvedAt === null ? ('firing' as const) : ('resolved' as const),
  starts_at: timeText(startsAt),
  resolved_at: timeOrNull(resolvedAt),
})

/** Drafts with all their alerts, as the API answers them. */
export async function draftsJson(reader: Reader, drafts: readonly ToldDraft[]): Promise<z.infer<typeof draftAnswer>[]> {
  const alerts = await alertsOfDrafts(
    reader,
    drafts.map(({ id }) => id),
  )
  return drafts.map((draft) => ({
    id: draft.id,
    state: draft.state,
    title: draft.title,
    source: draft.source,
    detected_at: timeText(draft.detectedAt),
    last_alert_at: timeText(draft.lastAlertAt),
    ended_at: timeOrNull(draft.endedAt),
    incident_id: draft.incidentId,
    alerts: (alerts.get(draft.id) ?? []).map(alertJson),
    created_at: timeText(draft.createdAt),
  }))
}
