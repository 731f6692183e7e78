import { and, asc, eq, inArray, or } from 'drizzle-orm'
import type { RungRecipient } from '../../api/domain/cadence.ts'
import type { Role } from '../../api/domain/role.ts'
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
export type Reached = Pick<typeof people.$inferSelect, 'id' | 'name' | 'email' | 'phone' | 'webhookUrl'> & {
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
  const [reached] = await peopleOfRungs(reader, incident, [to], fallback)
  return reached!
}

/** The same for several rungs, in their order; one query, however many they are. */
export async function peopleOfRungs(
  reader: Reader,
  incident: Roles,
  rungs: readonly (readonly RungRecipient[])[],
  fallback: readonly string[],
): Promise<Reached[][]> {
  const ids = [...rungs.flatMap((to) => idsIn(incident, to)), ...fallback]
  const everybody = rungs.some((to) => to.includes('everyone'))
  const active = await activeAmong(reader, ids, everybody ? EVERYONE : ['admin'])
  return rungs.map((to) => inRung(active, incident, to, fallback))
}

/** Whom the recipient `everyone` means. */
const EVERYONE = ['responder', 'commander', 'admin'] as const

type InRole = Reached & { role: Role }

function inRung(active: readonly InRole[], incident: Roles, to: readonly RungRecipient[], fallback: readonly string[]) {
  const byId = (ids: readonly string[]) => active.filter((person) => ids.includes(person.id))
  const inRoles = (roles: readonly Role[]) => active.filter((person) => roles.includes(person.role))
  const named = byId(idsIn(incident, to))
  const found = [...named, ...(to.includes('everyone') ? inRoles(EVERYONE) : [])]
  const unled = to.includes('commander') && !found.some((person) => person.id === incident.commanderId)
  if (to.includes('fallback') || unled || found.length === 0) {
    const standIns = byId(fallback)
    found.push(...(standIns.length > 0 ? standIns : inRoles(['admin'])))
  }
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

const reached = {
  id: people.id,
  name: people.name,
  email: people.email,
  phone: people.phone,
  webhookUrl: people.webhookUrl,
  textsEnded,
}

/** Those of these people who are active, with where they are reached. */
export const activeById = async (reader: Reader, ids: readonly string[]): Promise<Reached[]> =>
  ids.length === 0
    ? []
    : reader
        .select(reached)
        .from(people)
        .where(and(people.active, inArray(people.id, [...ids])))
        .orderBy(asc(people.id))

const activeAmong = (reader: Reader, ids: readonly string[], roles: readonly Role[]): Promise<InRole[]> =>
  reader
    .select({ ...reached, role: people.role })
    .from(people)
    .where(and(eq(people.active, true), or(inArray(people.id, [...ids]), inArray(people.role, [...roles]))))
    .orderBy(asc(people.id))
