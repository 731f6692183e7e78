import type { z } from 'zod'
import type { Visibility } from '../domain/lifecycle.ts'
import type { Severity } from '../domain/severity.ts'
import type { rolesSchema, warRoomSchema } from './fields.ts'

/** What is said of an incident when it is declared, or recorded later. */
export interface Declared {
  title: string
  severity: Severity
  visibility?: Visibility | undefined
  detected_at?: Date | undefined
  roles?: z.infer<typeof rolesSchema> | undefined
  war_room?: z.infer<typeof warRoomSchema> | undefined
}

/** The columns of an incident that are as its declaration says. */
export const declaredColumns = ({ title, severity, visibility, detected_at, roles = {}, war_room }: Declared) => ({
  title,
  severity,
  visibility: visibility ?? 'public',
  deputyId: roles.deputy ?? null,
  commsLeadId: roles.comms_lead ?? null,
  scribeId: roles.scribe ?? null,
  subjectExpertId: roles.subject_expert ?? null,
  executiveSponsorId: roles.executive_sponsor ?? null,
  warRoom: war_room ?? { bridge_url: null, channel_url: null, documents: [] },
  detectedAt: detected_at ?? null,
})
