import { docsPageRoutes } from './console/docs.ts'
import { consoleRoutes } from './console/routes.ts'
import type { Route } from './route.ts'
import { alertHookRoutes } from './routes/alert-hooks.ts'
import { alertSourceRoutes } from './routes/alert-sources.ts'
import { alertRoutes } from './routes/alerts.ts'
import { announcementRoutes } from './routes/announcements.ts'
import { assetRoutes } from './routes/assets.ts'
import { audienceRoutes } from './routes/audiences.ts'
import { auditRoutes } from './routes/audit.ts'
import { briefingPageRoutes } from './routes/briefing-pages.ts'
import { briefingRoutes } from './routes/briefings.ts'
import { cadenceRoutes } from './routes/cadence.ts'
import { componentRoutes } from './routes/components.ts'
import { confirmPageRoutes } from './routes/confirm-pages.ts'
import { deliveryRoutes } from './routes/deliveries.ts'
import { docsRoutes } from './routes/docs.ts'
import { alertDraftRoutes } from './routes/drafts.ts'
import { endpointRoutes } from './routes/endpoints.ts'
import { healthRoutes } from './routes/health.ts'
import { hookRoutes } from './routes/hooks.ts'
import { inboundMessageRoutes } from './routes/inbound-messages.ts'
import { incidentMetricRoutes } from './routes/incident-metrics.ts'
import { incidentRoutes } from './routes/incidents.ts'
import { mailHookRoutes } from './routes/mail-hooks.ts'
import { mailboxRoutes } from './routes/mailbox.ts'
import { maintenanceRoutes } from './routes/maintenances.ts'
import { managePageRoutes } from './routes/manage-pages.ts'
import { messageTemplateRoutes } from './routes/message-templates.ts'
import { metricsRoutes } from './routes/metrics.ts'
import { keyRoutes, organisationRoutes, peopleRoutes } from './routes/people.ts'
import { privatePageRoutes } from './routes/private-pages.ts'
import { signUpPageRoutes } from './routes/sign-up-pages.ts'
import { staffNoteRoutes } from './routes/staff-notes.ts'
import { staffPageRoutes } from './routes/staff-page.ts'
import { subscriberRoutes } from './routes/subscribers.ts'
import { subscriptionRoutes } from './routes/subscriptions.ts'
import { suppressionRoutes } from './routes/suppressions.ts'
import { timelineRoutes } from './routes/timeline.ts'
import { unsubscribePageRoutes } from './routes/unsubscribe-pages.ts'
import { updateRoutes } from './routes/updates.ts'

/** Every route of the service, with who may use it. A test walks this table with every role. */
export const routes: readonly Route[] = [
  ...incidentRoutes,
  ...updateRoutes,
  ...timelineRoutes,
  ...alertRoutes,
  ...staffNoteRoutes,
  ...deliveryRoutes,
  ...announcementRoutes,
  ...briefingRoutes,
  ...briefingPageRoutes,
  ...cadenceRoutes,
  ...incidentMetricRoutes,
  ...componentRoutes,
  ...audienceRoutes,
  ...maintenanceRoutes,
  ...messageTemplateRoutes,
  ...peopleRoutes,
  ...keyRoutes,
  ...organisationRoutes,
  ...subscriberRoutes,
  ...subscriptionRoutes,
  ...suppressionRoutes,
  ...inboundMessageRoutes,
  ...endpointRoutes,
  ...signUpPageRoutes,
  ...confirmPageRoutes,
  ...managePageRoutes,
  ...unsubscribePageRoutes,
  ...privatePageRoutes,
  ...staffPageRoutes,
  ...hookRoutes,
  ...mailHookRoutes,
  ...alertHookRoutes,
  ...alertDraftRoutes,
  ...alertSourceRoutes,
  ...mailboxRoutes,
  ...auditRoutes,
  ...docsRoutes(() => routes),
  ...docsPageRoutes(() => routes),
  ...assetRoutes,
  ...healthRoutes,
  ...metricsRoutes,
  ...consoleRoutes,
]
