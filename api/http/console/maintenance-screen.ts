import {
  announcementsOfMaintenances,
  componentIdsOf,
  type Maintenance,
  updatesOfMaintenances,
} from '../../../db/queries/maintenances.ts'
import { namesOfKeys, namesOfPeople } from '../../../db/queries/names.ts'
import { maintenanceUrl } from '../../domain/addresses.ts'
import { isOver, mayMove } from '../../domain/maintenance.ts'
import type { MaintenanceForm, MaintenanceScreen, ToldStep } from '../../domain/maintenance-screens.ts'
import { renderHtml } from '../../domain/markdown.ts'
import type { Form } from '../../domain/screen-parts.ts'
import type { Call } from '../route.ts'
import { newestStepBoard } from './board-of.ts'
import { boardUrl } from './board-path.ts'
import { componentChoices } from './component-choices.ts'
import { emptyForm, localTime } from './forms.ts'
import { guardedMessages } from './guarded.ts'
import { factsOf } from './maintenance-fields.ts'
import { maintenanceRows } from './maintenances.ts'
import { shellOf } from './shell.ts'

const BY_HAND = ['in_progress', 'verifying', 'completed'] as const

/** One maintenance as its viewer sees it; `refused` is the form that may not be posted as it stands. */
export async function maintenanceScreen(
  call: Call,
  maintenance: Maintenance,
  refused: Partial<Record<MaintenanceForm, Form>> = {},
): Promise<MaintenanceScreen> {
  const { db, urls } = call.acting
  const shell = await shellOf(call)
  const [row] = await maintenanceRows(call, [maintenance])
  const componentIds = await componentIdsOf(db, maintenance.id)
  const living = shell.may.speak && !isOver(maintenance.status)
  return {
    shell,
    maintenance: {
      ...row!,
      html: renderHtml(maintenance.body),
      publicUrl: maintenanceUrl(urls.site, maintenance.id),
      version: maintenance.version,
      next: BY_HAND.filter((status) => mayMove(maintenance.status, status)),
      byItself: maintenance.autoStart && maintenance.autoComplete,
      notify: maintenance.notify,
      rrule: maintenance.rrule,
    },
    steps: await toldSteps(call, maintenance.id),
    delivery: await newestStepBoard(call, maintenance, new Date(shell.now)),
    guarded: await guardedMessages(call, { maintenanceId: maintenance.id }),
    groups: living ? await componentChoices(db) : [],
    forms: living ? { ...filledForms(maintenance, componentIds), ...refused } : null,
  }
}

/** The forms, filled with how things stand. */
const filledForms = (maintenance: Maintenance, componentIds: readonly string[]): Record<MaintenanceForm, Form> => ({
  posting: emptyForm(),
  extending: emptyForm({ scheduled_until: localTime(maintenance.scheduledUntil) }),
  changing: emptyForm(factsOf(maintenance, componentIds)),
  cancelling: emptyForm(),
})

async function toldSteps({ acting: { db } }: Call, id: string): Promise<ToldStep[]> {
  const updates = await updatesOfMaintenances(db, [id])
  const announced = await announcementsOfMaintenances(db, [id])
  const people = await namesOfPeople(
    db,
    updates.map(({ authorId }) => authorId),
  )
  const keys = await namesOfKeys(
    db,
    updates.map(({ authorKeyId }) => authorKeyId),
  )
  return updates.map((update) => ({
    id: update.id,
    step: update.step,
    at: update.publishedAt.toISOString(),
    author: people.get(update.authorId ?? '') ?? keys.get(update.authorKeyId ?? '') ?? null,
    html: renderHtml(update.body),
    deliveryUrl: announced.has(update.id) ? boardUrl('maintenance', id, update.id) : null,
  }))
}
