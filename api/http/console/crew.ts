import type { Reader } from '../../../db/queries/cadence.ts'
import type { Incident } from '../../../db/queries/incidents.ts'
import { namesOfPeople } from '../../../db/queries/names.ts'
import { staffByName } from '../../../db/queries/people.ts'
import { commandAge, mayCommand } from '../../domain/command.ts'
import { INCIDENT_ROLES, type IncidentRole } from '../../domain/role.ts'
import type { CommanderInRoom, Crew, RoleInRoom } from '../../domain/room-crew.ts'
import type { Form } from '../../domain/screen-parts.ts'
import { emptyForm } from './forms.ts'

/** Who commands and who holds which role, as the room's viewer reads it. */
export async function crewNames(
  reader: Reader,
  incident: Incident,
  viewerId: string | null,
  now: Date,
): Promise<{ commander: CommanderInRoom | null; roles: RoleInRoom[] }> {
  const { commanderId, commandedSince } = incident
  const holders = holdersOf(incident)
  const names = await namesOfPeople(reader, [commanderId, ...Object.values(holders)])
  const isViewer = (id: string | null) => id !== null && id === viewerId
  const since = commandedSince ?? incident.declaredAt
  return {
    commander: commanderId
      ? {
          name: names.get(commanderId) ?? 'somebody',
          isViewer: isViewer(commanderId),
          since: since.toISOString(),
          age: incident.nextUpdateDueAt === null ? 'fresh' : commandAge(since, now),
        }
      : null,
    roles: INCIDENT_ROLES.map((role) => ({
      role,
      name: names.get(holders[role] ?? '') ?? null,
      isViewer: isViewer(holders[role]),
    })),
  }
}

/** Who holds which role; null where nobody does. */
export const holdersOf = (incident: Incident): Record<IncidentRole, string | null> => ({
  deputy: incident.deputyId,
  comms_lead: incident.commsLeadId,
  scribe: incident.scribeId,
  subject_expert: incident.subjectExpertId,
  executive_sponsor: incident.executiveSponsorId,
})

/** The forms that change who does what, with what was typed and refused. */
export async function crewForms(
  reader: Reader,
  incident: Incident,
  refused: { handingOver?: Form | undefined; assigning?: Form | undefined },
): Promise<Crew> {
  const staff = (await staffByName(reader)).filter((person) => person.active)
  const choice = ({ id, name }: (typeof staff)[number]) => ({ id, name })
  const commanders = staff.filter((person) => mayCommand(person.role) && person.id !== incident.commanderId)
  return {
    version: incident.version,
    handingOver:
      incident.status === 'resolved'
        ? null
        : {
            people: commanders.map(choice),
            form: refused.handingOver ?? emptyForm(),
            refused: refused.handingOver !== undefined,
          },
    assigning: {
      people: staff.map(choice),
      form: refused.assigning ?? emptyForm(rolesInForm(incident)),
      refused: refused.assigning !== undefined,
    },
  }
}

const rolesInForm = (incident: Incident): Record<string, string> =>
  Object.fromEntries(Object.entries(holdersOf(incident)).map(([role, id]) => [role, id ?? '']))
