import { headlineOf } from './headline.ts'

/** What was said, as far as a correction can change it. */
interface Words {
  headline: string
  body: string
}

/** What a correction says instead. */
interface Corrected {
  body: string
  createdAt: Date
}

/**
 * An update as it reads now; its corrections come newest first. A headline that somebody wrote stays; one that was taken
 * from the body follows the body.
 */
export function readsNow<U extends Words>(update: U, corrections: readonly Pick<Corrected, 'body'>[]): U {
  const [newest] = corrections
  if (!newest) return update
  const taken = update.headline === headlineOf(update.body)
  return { ...update, body: newest.body, headline: taken ? headlineOf(newest.body) : update.headline }
}

/** An update as it read at a time: corrections made later are not known yet. */
export const readAt = <U extends Words>(update: U, corrections: readonly Corrected[], at: Date): U =>
  readsNow(
    update,
    corrections.filter((correction) => correction.createdAt <= at),
  )
