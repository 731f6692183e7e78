import { type Incident, openIncidents } from '../../../db/queries/incidents.ts'
import type { IncidentScreen } from '../../domain/room.ts'
import type { Form } from '../../domain/screen-parts.ts'
import type { Call } from '../route.ts'

/** The incidents that an open one may turn out to be part of; null where there is none. */
export async function mergingOf(
  { acting }: Call,
  { id, version, visibility }: Incident,
  refused: Form | null,
): Promise<IncidentScreen['merging']> {
  const others = (await openIncidents(acting.db)).filter((other) => other.id !== id && other.visibility === visibility)
  const choices = others.map(({ id: value, title, severity }) => ({ value, text: `${severity} ${title}` }))
  return choices.length === 0 && !refused ? null : { version, choices, refused }
}
