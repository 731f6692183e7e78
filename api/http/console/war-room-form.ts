import { changeIncident, changeIncidentInput } from '../../actions/change-incident.ts'
import type { FieldError } from '../../domain/refusal.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { type Call, route } from '../route.ts'
import { found } from '../routes/incidents.ts'
import { versionIn } from './composer-fields.ts'
import { idIn, refusedForm, typed } from './forms.ts'
import { attempt, seeOther, show } from './page.ts'
import { roomScreen } from './room-screen.ts'
import { documentsIn } from './war-room.ts'

export const warRoomRoutes = [
  route({
    door: 'page',
    tag: 'Console',
    method: 'POST',
    path: '/console/incidents/:id/war-room',
    access: 'responder',
    summary: 'Says where those who work on the incident meet',
    handle: link,
  }),
]

async function link(call: Call): Promise<Response> {
  const { acting, form, params } = call
  const id = idIn(params, 'incident')
  const rows = documentsIn(form)
  const input = {
    war_room: {
      bridge_url: typed(form, 'bridge_url')?.trim() ?? null,
      channel_url: typed(form, 'channel_url')?.trim() ?? null,
      documents: rows.map(({ name, url }) => ({ name, url })),
    },
  }
  const done = await attempt(async () =>
    changeIncident(acting, id, checked(changeIncidentInput, input), versionIn(form)),
  )
  if ('done' in done) return seeOther(`/console/incidents/${id}?notice=links_changed`)
  const linking = refusedForm(form, done.refused, besideRow(rows))
  const screen = await roomScreen(call, await found(acting, id), { linking })
  return show(call.world, 'console/incident', screen, statusOf(done.refused))
}

/** Puts an error about the n-th document beside the row that it was typed in. */
const besideRow =
  (rows: readonly { row: number }[]) =>
  (error: FieldError): FieldError => {
    const field = error.field.replace(/^war_room\./, '')
    const document = /^documents\.(\d+)\.(name|url)$/.exec(field)
    return { ...error, field: document ? `documents.${rows[Number(document[1])]!.row}.${document[2]}` : field }
  }
