import type { Reader } from '../../../db/queries/cadence.ts'
import type { Update } from '../../../db/queries/incidents.ts'
import { namesOfKeys, namesOfPeople } from '../../../db/queries/names.ts'
import { renderHtml } from '../../domain/markdown.ts'
import type { PostedUpdate } from '../../domain/room.ts'
import { minutesBetween } from '../../domain/times.ts'

/** Updates as the room prints them, in the order given. */
export async function postedUpdates(reader: Reader, updates: readonly Update[]): Promise<PostedUpdate[]> {
  const people = await namesOfPeople(
    reader,
    updates.map((update) => update.authorId),
  )
  const keys = await namesOfKeys(
    reader,
    updates.map((update) => (update.authorId ? null : update.authorKeyId)),
  )
  return updates.map((update) => {
    const author = people.get(update.authorId ?? '') ?? keys.get(update.authorKeyId ?? '') ?? 'Sitrep'
    return postedUpdate(update, author)
  })
}

const postedUpdate = (update: Update, author: string): PostedUpdate => ({
  id: update.id,
  seq: update.seq,
  status: update.status,
  severity: update.severity,
  at: update.publishedAt!.toISOString(),
  author,
  html: renderHtml(update.body),
  noChange: update.noChange,
  promiseKept: update.promiseKept,
  lateByMinutes: update.promiseKept === false ? minutesBetween(update.answeredDueAt!, update.publishedAt!) : null,
})
