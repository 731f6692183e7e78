import { sql } from 'drizzle-orm'
import { check, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { INCIDENT_STATUSES, type IncidentStatus } from '../../api/domain/lifecycle.ts'
import { MOMENTS, type Moment, TEMPLATE_AUDIENCES, type TemplateAudience } from '../../api/domain/message-template.ts'
import { SEVERITIES, type Severity } from '../../api/domain/severity.ts'
import { bornAt, id, oneOf } from './columns.ts'

/** Ready words written here. A row stands in the place of the shipped file of its key, until it is taken away. */
export const messageTemplates = pgTable(
  'message_templates',
  {
    id: id().primaryKey(),
    key: text('key').notNull().unique(),
    audience: text('audience').$type<TemplateAudience>().notNull(),
    name: text('name').notNull(),
    moment: text('moment').$type<Moment>().notNull(),
    severity: text('severity').$type<Severity>(),
    status: text('status').$type<IncidentStatus>(),
    headline: text('headline'),
    body: text('body').notNull(),
    createdAt: bornAt(),
    updatedAt: bornAt('updated_at'),
  },
  (t) => [
    check('message_templates_audience', oneOf(t.audience, TEMPLATE_AUDIENCES)),
    check('message_templates_moment', oneOf(t.moment, MOMENTS)),
    check('message_templates_severity', oneOf(t.severity, SEVERITIES)),
    check('message_templates_status', oneOf(t.status, INCIDENT_STATUSES)),
    uniqueIndex('message_templates_name').on(sql`lower(${t.name})`),
  ],
)
