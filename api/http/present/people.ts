import { z } from 'zod'
import type { Person } from '../../actions/add-person.ts'
import type { Organisation } from '../../actions/change-organisation.ts'
import type { ApiKey } from '../../actions/make-key.ts'
import { ROLES } from '../../domain/role.ts'

const time = z.iso.datetime()

export const personAnswer = z.strictObject({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  phone: z.string().nullable(),
  phone_verified_at: time.nullable(),
  email_verified: z.boolean(),
  webhook_url: z.string().nullable(),
  role: z.enum(ROLES),
  time_zone: z.string(),
  locale: z.string(),
  active: z.boolean(),
  created_at: time,
})

export const personJson = (person: Person): z.infer<typeof personAnswer> => ({
  id: person.id,
  name: person.name,
  email: person.email,
  phone: person.phone,
  phone_verified_at: person.phoneVerifiedAt?.toISOString() ?? null,
  email_verified: person.emailVerified,
  webhook_url: person.webhookUrl,
  role: person.role,
  time_zone: person.timeZone,
  locale: person.locale,
  active: person.active,
  created_at: person.createdAt.toISOString(),
})

export const keyAnswer = z.strictObject({
  id: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  person_id: z.string().nullable(),
  prefix: z.string(),
  created_at: time,
  last_used_at: time.nullable(),
  revoked_at: time.nullable(),
})

export const keyJson = (key: ApiKey): z.infer<typeof keyAnswer> => ({
  id: key.id,
  name: key.name,
  role: key.role,
  person_id: key.personId,
  prefix: key.prefix,
  created_at: key.createdAt.toISOString(),
  last_used_at: key.lastUsedAt?.toISOString() ?? null,
  revoked_at: key.revokedAt?.toISOString() ?? null,
})

export const organisationAnswer = z.strictObject({
  name: z.string(),
  short_name: z.string(),
  page_id: z.string(),
  support_url: z.string().nullable(),
  postal_address: z.string().nullable(),
  time_zone: z.string(),
  terms_url: z.string().nullable(),
  privacy_url: z.string().nullable(),
  logo_svg: z.string().nullable(),
})

export const organisationJson = (row: Organisation): z.infer<typeof organisationAnswer> => ({
  name: row.name,
  short_name: row.shortName,
  page_id: row.pageId,
  support_url: row.supportUrl,
  postal_address: row.postalAddress,
  time_zone: row.timeZone,
  terms_url: row.termsUrl,
  privacy_url: row.privacyUrl,
  logo_svg: row.logoSvg,
})
