import { and, inArray, isNull, sql } from 'drizzle-orm'
import type { Transaction } from '../../db/client.ts'
import { componentsHeldBy, type HeldComponent } from '../../db/queries/incidents.ts'
import { type AffectedComponent, components, incidentComponents } from '../../db/schema.ts'
import type { ComponentStatus } from '../domain/component.ts'
import { Refusal } from '../domain/refusal.ts'
import { SEVERITY, type Severity } from '../domain/severity.ts'

/** A component as callers name it; without a status it takes the severity's (contract section 4). */
export interface NamedComponent {
  id: string
  status?: ComponentStatus | undefined
}

/** Makes the incident hold these components and answers what that changed; refuses unknown or archived ones by index. */
export async function holdComponents(
  tx: Transaction,
  incident: { id: string; severity: Severity },
  named: readonly NamedComponent[],
): Promise<AffectedComponent[]> {
  if (named.length === 0) return []
  const names = await knownNames(tx, named)
  const held = (await componentsHeldBy(tx, [incident.id])).get(incident.id) ?? []
  const wanted = named.map(({ id, status }) => ({ id, status: status ?? SEVERITY[incident.severity].componentStatus }))
  await tx
    .insert(incidentComponents)
    .values(wanted.map(({ id, status }) => ({ incidentId: incident.id, componentId: id, status })))
    .onConflictDoUpdate({
      target: [incidentComponents.incidentId, incidentComponents.componentId],
      set: { status: sql`excluded.status` },
    })
  return wanted
    .map(({ id, status }) => changeOf(held, { id, name: names.get(id)!, status }))
    .filter((change) => change.old_status !== change.new_status)
}

/**
 * What the incident would hold once it held these as well; refuses components that there are not, before anything is held
 * by them.
 */
export async function wouldHold(
  tx: Transaction,
  incident: { id: string; severity: Severity },
  named: readonly NamedComponent[],
): Promise<HeldComponent[]> {
  const held = (await componentsHeldBy(tx, [incident.id])).get(incident.id) ?? []
  if (named.length === 0) return held
  const names = await knownNames(tx, named)
  const wanted = named.map(({ id, status }) => ({
    id,
    name: names.get(id)!,
    status: status ?? SEVERITY[incident.severity].componentStatus,
  }))
  return [...held.filter(({ id }) => !names.has(id)), ...wanted]
}

/** Those of them that have not been archived meanwhile. */
export async function livingComponents(tx: Transaction, named: readonly NamedComponent[]): Promise<NamedComponent[]> {
  const names = await livingNames(tx, named)
  return named.filter(({ id }) => names.has(id))
}

/** What resolving tells of the components the incident held: each is released. */
export const releasedBy = (held: readonly HeldComponent[]): AffectedComponent[] =>
  held
    .filter((component) => component.status !== 'operational')
    .map(({ id, name, status }) => ({ id, name, old_status: status, new_status: 'operational' as const }))

const changeOf = (held: readonly HeldComponent[], now: HeldComponent): AffectedComponent => ({
  id: now.id,
  name: now.name,
  old_status: held.find((component) => component.id === now.id)?.status ?? 'operational',
  new_status: now.status,
})

async function livingNames(tx: Transaction, named: readonly NamedComponent[]): Promise<Map<string, string>> {
  const ids = named.map((component) => component.id)
  const rows = await tx
    .select({ id: components.id, name: components.name })
    .from(components)
    .where(and(inArray(components.id, ids), isNull(components.archivedAt)))
  return new Map(rows.map((row) => [row.id, row.name]))
}

async function knownNames(tx: Transaction, named: readonly NamedComponent[]): Promise<Map<string, string>> {
  const ids = named.map((component) => component.id)
  const names = await livingNames(tx, named)
  const errors = ids.flatMap((id, index) => {
    if (!names.has(id))
      return [{ field: `components.${index}.id`, code: 'unknown', message: `There is no component ${id}.` }]
    if (ids.indexOf(id) !== index)
      return [{ field: `components.${index}.id`, code: 'duplicate', message: 'Name each component once.' }]
    return []
  })
  if (errors.length > 0) throw new Refusal('invalid', errors[0]!.message, errors)
  return names
}
