import type { Route } from '../route.ts'
import { alertDraftScreenRoutes } from './alert-drafts.ts'
import { alertSourceScreenRoutes } from './alert-sources.ts'
import { audienceScreenRoutes } from './audiences.ts'
import { auditScreenRoutes } from './audit.ts'
import { backRoutes } from './back.ts'
import { boardRoutes } from './board.ts'
import { breakingGlassRoutes } from './breaking-glass.ts'
import { briefRoutes } from './brief.ts'
import { briefingRuleScreenRoutes } from './briefing-rules.ts'
import { briefingFormRoutes } from './briefings.ts'
import { cadenceScreenRoutes } from './cadence.ts'
import { componentScreenRoutes } from './components.ts'
import { correctionRoutes } from './corrections.ts'
import { crewRoutes } from './crew-forms.ts'
import { declareRoutes } from './declare.ts'
import { draftRoutes } from './drafts.ts'
import { goingPublicRoutes } from './going-public.ts'
import { guardedRoutes } from './guarded-answers.ts'
import { heldRoutes } from './held.ts'
import { homeRoutes } from './home.ts'
import { invitationRoutes } from './invitation.ts'
import { keyScreenRoutes } from './keys.ts'
import { mailboxScreenRoutes } from './mailbox.ts'
import { maintenanceFormRoutes } from './maintenance.ts'
import { maintenanceScreenRoutes } from './maintenances.ts'
import { mergingRoutes } from './merging.ts'
import { metricsScreenRoutes } from './metrics.ts'
import { organisationScreenRoutes } from './organisation.ts'
import { pauseRoutes } from './pauses.ts'
import { peopleScreenRoutes } from './people.ts'
import { proofRoutes } from './proof.ts'
import { releaseRoutes } from './release.ts'
import { retractionRoutes } from './retraction.ts'
import { roomRoutes } from './room.ts'
import { setupRoutes } from './setup.ts'
import { signInRoutes } from './sign-in.ts'
import { staffNoteFormRoutes } from './staff-notes.ts'
import { subscriberScreenRoutes } from './subscribers.ts'
import { suppressionScreenRoutes } from './suppressions.ts'
import { templateScreenRoutes } from './templates.ts'
import { timelineScreenRoutes } from './timeline.ts'
import { warRoomRoutes } from './war-room-form.ts'

/** Every page and form of the console. All of it works without script. */
export const consoleRoutes: readonly Route[] = [
  ...signInRoutes,
  ...setupRoutes,
  ...invitationRoutes,
  ...proofRoutes,
  ...homeRoutes,
  ...declareRoutes,
  ...alertDraftScreenRoutes,
  ...roomRoutes,
  ...heldRoutes,
  ...breakingGlassRoutes,
  ...staffNoteFormRoutes,
  ...crewRoutes,
  ...warRoomRoutes,
  ...timelineScreenRoutes,
  ...briefRoutes,
  ...briefingFormRoutes,
  ...briefingRuleScreenRoutes,
  ...correctionRoutes,
  ...retractionRoutes,
  ...mergingRoutes,
  ...goingPublicRoutes,
  ...pauseRoutes,
  ...boardRoutes,
  ...guardedRoutes,
  ...draftRoutes,
  ...maintenanceScreenRoutes,
  ...maintenanceFormRoutes,
  ...componentScreenRoutes,
  ...audienceScreenRoutes,
  ...cadenceScreenRoutes,
  ...templateScreenRoutes,
  ...peopleScreenRoutes,
  ...organisationScreenRoutes,
  ...keyScreenRoutes,
  ...alertSourceScreenRoutes,
  ...auditScreenRoutes,
  ...metricsScreenRoutes,
  ...subscriberScreenRoutes,
  ...suppressionScreenRoutes,
  ...mailboxScreenRoutes,
  ...releaseRoutes,
  ...backRoutes,
]
