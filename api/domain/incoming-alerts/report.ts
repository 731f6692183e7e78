import { asOneLine } from '../names.ts'

/** One alert as its source tells of it. */
export interface IncomingAlert {
  /** The source's own name for it: the same whenever it is told again. */
  fingerprint: string
  title: string
  /** Where the source shows it; an http(s) address. */
  url: string | null
  /** Null where the source does not say: then it begins when it is heard of. */
  startsAt: Date | null
  /** Null while it fires. `unknown`: resolved, when is not said. */
  endsAt: Date | 'unknown' | null
}

/** What a source posted, read: one group of alerts. */
export interface AlertReport {
  /** The source's own name for the group. */
  group: string
  title: string
  alerts: IncomingAlert[]
}

/** What was read; `ignored` is well-formed and of no use to us (W10); null is not what the source is known to send. */
export type Reading = AlertReport | 'ignored' | null

/** As long as an incident's title may be. */
const TITLE = 120

/** The first of the texts that can be a title. */
export function titleOf(...texts: (string | undefined | null)[]): string {
  for (const text of texts) {
    const title = text ? asOneLine(text, TITLE) : null
    if (title !== null) return title
  }
  return 'An alert without a name'
}

/** An address that a link may lead to; null for anything that is not http(s), or longer than addresses are. */
export function linkOf(text: string | undefined | null): string | null {
  if (!text || text.length > 2000) return null
  const url = URL.parse(text.toWellFormed())
  return url && ['http:', 'https:'].includes(url.protocol) && !url.username && !url.password ? url.href : null
}

/** An RFC 3339 time, or null; year 1 is how Go writes that there is none (W12), and 1970 how others do. */
export function timeOf(text: string | undefined | null): Date | null {
  const time = new Date(text ?? '')
  return Number.isNaN(time.getTime()) || time.getUTCFullYear() < 2000 || time.getUTCFullYear() > 2999 ? null : time
}
