import { and, asc, eq, inArray } from 'drizzle-orm'
import type { RungRecipient } from '../../api/domain/cadence.ts'
import { people } from '../schema.ts'
import type { Reader } from './cadence.ts'
import type { Incident } from './incidents.ts'
import { textsEnded } from './staff-texts.ts'

/** Who holds which role in an incident. */
export type Roles = Pick<
  Incident,
  'commanderId' | 'deputyId' | 'commsLeadId' | 'scribeId' | 'subjectExpertId' | 'executiveSponsorId'
>

/** Who holds them, and nothing else of the incident. */
export const rolesOf = ({
  commanderId,
  deputyId,
  commsLeadId,
  scribeId,
  subjectExpertId,
  executiveSponsorId,
}: Roles): Roles => ({ commanderId, deputyId, commsLeadId, scribeId, subjectExpertId, executiveSponsorId })

/** `textsEnded`: their phone has opted out, so that mail takes the place of texts. */
export type Reached = Pick<typeof people.$inferSelect, 'id' | 'email' | 'phone' | 'webhookUrl'> & {
  textsEnded: boolean
}

/**
 * Who a rung reaches, as things stand now (standards R16): active people in these roles of the incident. `fallback`
 * stands in where nobody commands, and for a rung that reaches nobody; it means all admins when the cadence names
 * nobody active.
 */
export async function peopleOfRung(
  reader: Reader,
  incident: Roles,
  to: readonly RungRecipient[],
  fallback: readonly string[],
): Promise<Reached[]> {
  const named = await activeById(reader, idsIn(incident, to))
  const everyone = to.includes('everyone') ? await activeInRoles(reader, ['responder', 'commander', 'admin']) : []
  const found = [...named, ...everyone]
  const unled = to.includes('commander') && !found.some((person) => person.id === incident.commanderId)
  if (to.includes('fallback') || unled || found.length === 0) found.push(...(await fallbackPeople(reader, fallback)))
  return [...new Map(found.map((person) => [person.id, person])).values()]
}

function idsIn(incident: Roles, to: readonly RungRecipient[]): string[] {
  const holder: Partial<Record<RungRecipient, string | null>> = {
    commander: incident.commanderId,
    deputy: incident.deputyId,
    comms_lead: incident.commsLeadId,
    scribe: incident.scribeId,
    subject_expert: incident.subjectExpertId,
    executive_sponsor: incident.executiveSponsorId,
  }
  return to.flatMap((role) => holder[role] ?? [])
}

async function fallbackPeople(reader: Reader, ids: readonly string[]): Promise<Reached[]> {
  const named = await activeById(reader, ids)
  return named.length > 0 ? named : activeInRoles(reader, ['admin'])
}

const reached = { id: people.id, email: people.email, phone: people.phone, webhookUrl: people.webhookUrl, textsEnded }

/** Those of these people who are active, with where they are reached. */
export const activeById = async (reader: Reader, ids: readonly string[]): Promise<Reached[]> =>
  ids.length === 0
    ? []
    : reader
        .select(reached)
        .from(people)
        .where(and(people.active, inArray(people.id, [...ids])))
        .orderBy(asc(people.id))

const activeInRoles = (reader: Reader, roles: ('responder' | 'commander' | 'admin')[]): Promise<Reached[]> =>
  reader
    .select(reached)
    .from(people)
    .where(and(eq(people.active, true), inArray(people.role, roles)))
    .orderBy(asc(people.id))
