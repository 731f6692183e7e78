import { type Known, makeKnown } from '../../db/queries/known.ts'
import type { SiteFile } from './target.ts'
import type { TouchedFacts } from './touched-facts.ts'

/** What several targets of one process share: what has been read, and the documents of the newest revision. */
export interface Memo {
  known: Known
  /** What is to be published between two revisions: what was read before, else what `read` reads. */
  facts(since: number, until: number, read: () => Promise<TouchedFacts | null>): Promise<TouchedFacts | null>
  /** The files of a document under a revision: those made before, else those that `make` makes. */
  files(revision: string, document: string, make: () => Promise<SiteFile[]>): Promise<SiteFile[]>
}

/**
 * Keeps the documents of one revision at a time: targets follow one another closely. The same revision of the same build
 * holds the same data, so it makes the same bytes.
 */
export function makeMemo(): Memo {
  let held = ''
  let read: { span: string; facts: Promise<TouchedFacts | null> } | null = null
  const known = new Map<string, Promise<SiteFile[]>>()
  return {
    known: makeKnown(),
    facts(since, until, readNow) {
      const span = `${since} ${until}`
      if (read?.span !== span) {
        const facts = readNow()
        const mine = { span, facts }
        read = mine
        facts.catch(() => {
          if (read === mine) read = null
        })
      }
      return read.facts
    },
    files(revision, document, make) {
      if (revision !== held) known.clear()
      held = revision
      const before = known.get(document)
      if (before) return before
      const files = make()
      known.set(document, files)
      files.catch(() => known.delete(document))
      return files
    },
  }
}
