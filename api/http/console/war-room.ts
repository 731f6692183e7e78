import type { Incident } from '../../../db/queries/incidents.ts'
import type { RoomLink, WarRoomPart } from '../../domain/room-crew.ts'
import type { Form } from '../../domain/screen-parts.ts'
import { emptyForm, typed } from './forms.ts'

type Fields = Record<string, string>
type WarRoom = Incident['warRoom']

/** As many documents as an incident may have. */
const MOST_ROWS = 20
/** Rows that stand empty below what there is. */
const SPARE_ROWS = 2

/** Where people meet, and the form that changes it where the viewer may. */
export function warRoomPart({ warRoom }: Incident, maySpeak: boolean, refused: Form | undefined): WarRoomPart {
  const form = refused ?? emptyForm(fieldsOf(warRoom))
  const filled = documentsIn(form.values).at(-1)?.row ?? -1
  const rows = Math.min(MOST_ROWS, filled + 1 + SPARE_ROWS)
  return { links: linksIn(warRoom), linking: maySpeak ? { form, refused: refused !== undefined, rows } : null }
}

/** The documents of a form, each with the row that it stands in; rows left empty are none. */
export function documentsIn(fields: Fields): { row: number; name: string; url: string }[] {
  const rows = [...Array(MOST_ROWS).keys()].map((row) => ({
    row,
    name: typed(fields, `documents.${row}.name`) ?? '',
    url: typed(fields, `documents.${row}.url`)?.trim() ?? '',
  }))
  return rows.filter(({ name, url }) => name || url)
}

const linksIn = ({ bridge_url, channel_url, documents }: WarRoom): RoomLink[] => [
  ...(bridge_url ? [{ kind: 'bridge' as const, name: 'Call bridge', url: bridge_url }] : []),
  ...(channel_url ? [{ kind: 'channel' as const, name: 'Chat channel', url: channel_url }] : []),
  ...documents.map(({ name, url }) => ({ kind: 'document' as const, name, url })),
]

const fieldsOf = ({ bridge_url, channel_url, documents }: WarRoom): Fields => ({
  bridge_url: bridge_url ?? '',
  channel_url: channel_url ?? '',
  ...Object.fromEntries(
    documents.flatMap(({ name, url }, row) => [
      [`documents.${row}.name`, name],
      [`documents.${row}.url`, url],
    ]),
  ),
})
