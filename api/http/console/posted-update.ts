import { announcementsOf } from '../../../db/queries/announced.ts'
import type { Reader } from '../../../db/queries/cadence.ts'
import { type Correction, correctionsOf } from '../../../db/queries/corrections.ts'
import type { Update } from '../../../db/queries/incidents.ts'
import { namesOfKeys, namesOfPeople } from '../../../db/queries/names.ts'
import { readsNow } from '../../domain/correction.ts'
import { renderHtml } from '../../domain/markdown.ts'
import type { CorrectionMade, PostedUpdate } from '../../domain/room.ts'
import { minutesBetween } from '../../domain/times.ts'
import { boardUrl } from './board-path.ts'

/** Updates as the room prints them, as they read now, in the order given. */
export async function postedUpdates(reader: Reader, updates: readonly Update[]): Promise<PostedUpdate[]> {
  const incidentIds = [...new Set(updates.map((update) => update.incidentId))]
  const [corrections, announced] = await Promise.all([
    correctionsOf(reader, incidentIds),
    announcementsOf(reader, incidentIds),
  ])
  const written = [...updates, ...[...corrections.values()].flat()]
  const people = await namesOfPeople(
    reader,
    written.map(({ authorId }) => authorId),
  )
  const keys = await namesOfKeys(
    reader,
    written.map(({ authorId, authorKeyId }) => (authorId ? null : authorKeyId)),
  )
  const nameOf = ({ authorId, authorKeyId }: Written): string =>
    people.get(authorId ?? '') ?? keys.get(authorKeyId ?? '') ?? 'Sitrep'
  return updates.map((update) => {
    const made = corrections.get(update.id) ?? []
    const shown = made.map((correction) => correctionMade(correction, nameOf(correction)))
    const deliveryUrl = announced.has(update.id) ? boardUrl('incidents', update.incidentId, update.id) : null
    return { ...postedUpdate(readsNow(update, made), nameOf(update)), corrections: shown, deliveryUrl }
  })
}

type Written = Pick<Update, 'authorId' | 'authorKeyId'>

const correctionMade = ({ createdAt, reason, previousBody }: Correction, author: string): CorrectionMade => ({
  at: createdAt.toISOString(),
  author,
  reason,
  previousHtml: renderHtml(previousBody),
})

const postedUpdate = (update: Update, author: string): Omit<PostedUpdate, 'corrections' | 'deliveryUrl'> => ({
  id: update.id,
  seq: update.seq,
  status: update.status,
  severity: update.severity,
  at: (update.publishedAt ?? update.createdAt).toISOString(),
  author,
  body: update.body,
  html: renderHtml(update.body),
  noChange: update.noChange,
  pageOnly: update.audience === 'public' && !update.notify,
  promiseKept: update.promiseKept,
  lateByMinutes: update.promiseKept === false ? minutesBetween(update.answeredDueAt!, update.publishedAt!) : null,
  retractionReason: update.retractionReason,
})
