import { FORGET } from '../../db/queries/retention.ts'
import { plus } from '../domain/duration.ts'
import { KEPT_FOR, type Kept } from '../domain/retention.ts'
import type { Acting } from './acting.ts'

/** Rows that are deleted in one transaction, so that nobody waits long for them. */
const BATCH = 1_000

/**
 * Deletes what has been kept long enough (standards X14), batch by batch; stopped anywhere, the next time goes on.
 * Answers how much of each kind there was.
 */
export async function forgetOld(acting: Pick<Acting, 'db' | 'clock'>, batch = BATCH): Promise<Record<Kept, number>> {
  const now = await acting.clock(acting.db)
  const counts = {} as Record<Kept, number>
  for (const kind of Object.keys(KEPT_FOR) as Kept[]) counts[kind] = await forgetAll(acting, kind, now, batch)
  return counts
}

async function forgetAll({ db }: Pick<Acting, 'db'>, kind: Kept, now: Date, batch: number): Promise<number> {
  const before = plus(now, -KEPT_FOR[kind])
  let all = 0
  let last = batch
  while (last === batch) {
    last = await db.transaction((tx) => FORGET[kind](tx, before, batch))
    all += last
  }
  return all
}
