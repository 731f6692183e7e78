import type { Acting } from '../actions/acting.ts'
import { openIncident } from '../actions/open-incident.ts'
import { postUpdate } from '../actions/post-update.ts'
import { reopenIncident } from '../actions/reopen-incident.ts'
import { type IncidentHistory, severityOf } from './history.ts'
import type { Told } from './told.ts'

/** Plays one update of an incident at its time: the first declares it, one after the resolution reopens it. */
export async function playIncident(acting: Acting, history: IncidentHistory, index: number, told: Told): Promise<void> {
  const { status } = history.updates[index]!
  const body = told.words(history, index)
  if (index === 0) return declare(acting, history, told, body)
  const id = told.ids.get(history.id)!
  if (history.updates[index - 1]!.status === 'resolved') await reopenIncident(acting, id, { body, notify: false })
  else await postUpdate(acting, id, { body, notify: false, ...(status === 'update' ? {} : { status }) })
}

/** What was told only once it was over is declared without words and resolved at the same moment. */
async function declare(acting: Acting, history: IncidentHistory, told: Told, body: string): Promise<void> {
  const { at, status } = history.updates[0]!
  const opened = await openIncident(acting, {
    title: told.title(history),
    severity: severityOf(history.impact),
    started_at: history.started_at < at ? history.started_at : at,
    components: history.components.map((name) => ({ id: told.components.get(name)! })),
    ...(status === 'resolved' ? {} : { body, status: status === 'update' ? 'investigating' : status }),
    notify: false,
  })
  told.ids.set(history.id, opened.id)
  if (status === 'resolved') await postUpdate(acting, opened.id, { status, body, notify: false })
}
