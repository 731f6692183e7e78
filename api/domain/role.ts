/** Roles of staff: admin ⊃ commander ⊃ responder ⊃ viewer; executive stands apart (contract section 3). */
export const ROLES = ['admin', 'commander', 'responder', 'viewer', 'executive'] as const
export type Role = (typeof ROLES)[number]

const COVERS: Record<Role, readonly Role[]> = {
  admin: ['admin', 'commander', 'responder', 'viewer', 'executive'],
  commander: ['commander', 'responder', 'viewer'],
  responder: ['responder', 'viewer'],
  viewer: ['viewer'],
  executive: ['executive'],
}

/** Whether somebody with `role` may do what asks for `needed`. */
export const covers = (role: Role, needed: Role): boolean => COVERS[role].includes(needed)

/** Whether somebody with `role` reads what executives are told: they themselves, and those who tell them. */
export const readsBriefings = (role: Role): boolean => covers(role, 'commander') || covers(role, 'executive')

/** Roles one can hold in an incident besides the commander (contract section 3, standards C14). */
export const INCIDENT_ROLES = ['deputy', 'comms_lead', 'scribe', 'subject_expert', 'executive_sponsor'] as const
export type IncidentRole = (typeof INCIDENT_ROLES)[number]
