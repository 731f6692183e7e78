import type { Heard } from './heard.ts'
import type { LedgerRow } from './ledger.ts'

/** Everything that is known of a run once it has settled. */
export interface Evidence {
  rows: LedgerRow[]
  mails: Heard[]
  texts: Heard[]
  missing: number
  double: number
  /** Mail whose fate nobody could know when the fault struck: it may arrive once more. */
  doubtful: ReadonlySet<string>
}

export interface Verdict {
  messages: number
  /** Readers who miss what they were to hear, each with the reason that the ledger gives. */
  lost: string[]
  /** Readers whom the last word did not reach for certain, and the ledger says why (standards S5, R6, contract section 6). */
  left: number
  mailRepeats: number
  mailRepeatsAllowed: number
  /** Copies beyond what the fault allowed, or that differ from the first. */
  wrongRepeats: string[]
  textRepeats: number
  /** Older words that came after newer ones. */
  disorder: string[]
  double: number
  /** Messages that no committed update explains. */
  strangers: number
}

/** Ends that the papers allow for a row which did not reach its reader: not news any more, or of unknown fate for good. */
const EXPLAINED = ['superseded', 'expired', 'unknown']
const REACHED = ['accepted', 'delivered']

export function judge({ rows, mails, texts, missing, double, doubtful }: Evidence): Verdict {
  const byId = new Map(rows.map((row) => [row.id, row]))
  const heard = new Set([...mails, ...texts].map(({ deliveryId }) => deliveryId))
  const repeats = repeated(mails)
  return {
    messages: mails.length + texts.length,
    lost: [...rows.filter((row) => isLost(row, heard)).map(wordsFor), ...Array(missing).fill('a row is missing')],
    left: rows.filter((row) => row.newest && EXPLAINED.includes(row.state) && !heard.has(row.id)).length,
    mailRepeats: repeats.length,
    mailRepeatsAllowed: doubtful.size,
    wrongRepeats: wrongIn(repeats, mails, doubtful),
    textRepeats: repeated(texts).length,
    disorder: [...disorderIn(mails, byId), ...disorderIn(texts, byId)],
    double,
    strangers: [...heard].filter((id) => !byId.has(id)).length,
  }
}

/** Accepted and never seen, given up without a reason that the papers allow, or the last word overtaken by nothing. */
function isLost({ id, state, newest }: LedgerRow, heard: ReadonlySet<string>): boolean {
  if (REACHED.includes(state)) return !heard.has(id)
  return !EXPLAINED.includes(state) || (newest && state === 'superseded')
}

const wordsFor = ({ id, channel, state, code, seq, newest }: LedgerRow): string =>
  `${channel} ${id}: word ${seq}${newest ? ' (the last)' : ''} is ${state}${code ? ` (${code})` : ''}`

/** Every copy but the first. */
function repeated(messages: readonly Heard[]): Heard[] {
  const seen = new Set<string>()
  return messages.filter(({ deliveryId }) => seen.has(deliveryId) || !seen.add(deliveryId))
}

function wrongIn(repeats: readonly Heard[], all: readonly Heard[], doubtful: ReadonlySet<string>): string[] {
  const wrong: string[] = []
  for (const [id, copies] of Map.groupBy(repeats, ({ deliveryId }) => deliveryId)) {
    const first = all.find(({ deliveryId }) => deliveryId === id)!
    if (!doubtful.has(id)) wrong.push(`${id} repeated, although its fate was known`)
    if (copies.length > 1) wrong.push(`${id} repeated ${copies.length} times`)
    if (copies.some(({ copy }) => copy !== first.copy)) wrong.push(`${id} repeated in other words`)
  }
  return wrong
}

function disorderIn(messages: readonly Heard[], rows: ReadonlyMap<string, LedgerRow>): string[] {
  const newest = new Map<string, number>()
  return messages.flatMap(({ deliveryId }) => {
    const row = rows.get(deliveryId)
    if (!row) return []
    const reader = `${row.subscriber_id} ${row.channel} ${row.incident_id}`
    const before = newest.get(reader) ?? 0
    newest.set(reader, Math.max(before, row.seq))
    return row.seq < before ? [`${row.channel} ${row.id}: word ${row.seq} after word ${before}`] : []
  })
}
