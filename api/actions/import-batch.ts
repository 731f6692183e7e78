import { and, eq, gt } from 'drizzle-orm'
import type { Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { nameContact } from '../../db/queries/endpoints.ts'
import { subscribersAmong, writeSubscribers } from '../../db/queries/import-subscribers.ts'
import type { Subscriber } from '../../db/queries/subscribers.ts'
import { suppressedAmong } from '../../db/queries/suppressed-among.ts'
import { confirmations, type subscribers } from '../../db/schema.ts'
import { HOUR, plus } from '../domain/duration.ts'
import { MOST_ASKED_BY_IMPORT } from '../domain/subscription.ts'
import type { Acting } from './acting.ts'
import type { ImportRow, RowError } from './import-rows.ts'
import { preferenceColumns, preferenceFields } from './preference-fields.ts'
import { subscribe } from './subscribe.ts'

/** What became of some rows. */
export interface Taken {
  created: number
  updated: number
  /** Asked to confirm: by mail, or an endpoint by its challenge. */
  pending: number
  refused: RowError[]
}

/**
 * Takes some rows in the caller's transaction. A row with consent makes the subscriber or renews them; one without only
 * changes somebody who is there already, and asks everybody else. An endpoint is asked whatever its row says: it is told
 * nothing before it has answered its challenge, which brings it the secret. Who left after they agreed stays away, and so
 * does who nothing may be sent to.
 */
export async function takeBatch(tx: Transaction, acting: Acting, rows: ImportRow[], asked: number): Promise<Taken> {
  const now = await acting.clock(tx)
  const taken: Taken = { created: 0, updated: 0, pending: 0, refused: [] }
  const suppressed = await suppressedAmong(tx, acting.secrets, rows.map(keyed))
  const known = new Map(
    (await subscribersAmong(tx, rows.map(keyed))).map((row) => [`${row.channel} ${row.addressKey}`, row]),
  )
  const written: Written[] = []
  for (const row of rows) {
    const before = known.get(nameOf(row)) ?? null
    const refusal = suppressed.has(nameOf(row)) ? SUPPRESSED : whyNot(row, before)
    if (refusal) taken.refused.push({ row: row.row, ...refusal })
    else if (before?.state === 'active' || isProven(row)) written.push(rowFor(row, before, now))
    else await ask(tx, acting, row, taken, asked)
  }
  const [born, renewed] = [written.filter(({ isNew }) => isNew), written.filter(({ isNew }) => !isNew)]
  for (const group of [born, renewed])
    await writeSubscribers(
      tx,
      group.map(({ values }) => values),
    )
  for (const { row, isNew, values } of written)
    if (row.contact !== null && !isNew) await nameContact(tx, values.id, row.contact, now)
  taken.created = born.length
  taken.updated = renewed.length
  return taken
}

const SUPPRESSED = { code: 'suppressed', message: 'Nothing is sent to this address until its suppression is lifted.' }
const LEFT = { code: 'left', message: 'They have left since they agreed; only they can come back.' }
const NEVER_AGREED = {
  code: 'consent_required',
  message: 'Nobody is texted who has not agreed: give consent_at and consent_source.',
}
const TOO_SOON = { code: 'too_soon', message: 'This address was asked a short while ago.' }
const ENOUGH = {
  code: 'confirmation_limit',
  message: `At most ${MOST_ASKED_BY_IMPORT} addresses are asked in an hour. Import the rest later, or give their consent.`,
}

const isProven = ({ channel, consent }: ImportRow): boolean => consent !== null && channel !== 'webhook'

const keyed = ({ channel, address }: ImportRow) => ({ channel, key: address.key })
const nameOf = (row: ImportRow): string => `${row.channel} ${row.address.key}`

/** Who left stays away until they agree anew: an old list gives no consent again that was withdrawn. */
function whyNot({ channel, consent }: ImportRow, before: Subscriber | null) {
  const left = before?.state === 'ended' ? before.endedAt : null
  if (left && (!consent || consent.at <= left)) return LEFT
  return channel === 'sms' && !consent && !before ? NEVER_AGREED : null
}

interface Written {
  row: ImportRow
  isNew: boolean
  values: typeof subscribers.$inferInsert
}

const EVERYTHING = preferenceFields.parse({})

function rowFor(row: ImportRow, before: Subscriber | null, now: Date): Written {
  const { channel, address, chosen, consent } = row
  const own = before ?? {
    ...preferenceColumns(EVERYTHING),
    id: newId(),
    createdAt: now,
    followedIncidentIds: [],
    onlyFollowed: false,
  }
  const values = {
    ...own,
    ...columnsOf(chosen),
    ...(consent && !isOlder(consent, before) && agreedTo(consent, before, now)),
    channel,
    address: address.address,
    addressKey: address.key,
    updatedAt: now,
  }
  return { row, isNew: before === null, values: values as typeof subscribers.$inferInsert }
}

/** What they agreed to here themselves, later than the list says, is the better record. */
const isOlder = ({ at }: { at: Date }, before: Subscriber | null): boolean =>
  before?.state === 'active' && before.consentAt !== null && before.consentAt >= at

const agreedTo = ({ at, source }: { at: Date; source: string }, before: Subscriber | null, now: Date) => ({
  state: 'active' as const,
  confirmedAt: before?.state === 'active' ? before.confirmedAt : now,
  endedAt: null,
  endedBy: null,
  consentTextVersion: null,
  consentSource: source,
  consentIp: null,
  consentAt: at,
})

/** Columns of what a row says, and of nothing else. */
function columnsOf(chosen: ImportRow['chosen']): Partial<typeof subscribers.$inferInsert> {
  const all = preferenceColumns({ ...EVERYTHING, ...chosen })
  const said = Object.keys(chosen).flatMap((name) => COLUMNS[name as keyof typeof chosen])
  return Object.fromEntries(said.map((name) => [name, all[name]]))
}

const COLUMNS: Record<keyof ImportRow['chosen'], (keyof ReturnType<typeof preferenceColumns>)[]> = {
  components: ['componentIds'],
  component_groups: ['groupIds'],
  min_severity: ['minSeverity'],
  events: ['events'],
  maintenance: ['maintenance'],
  locale: ['locale'],
  time_zone: ['timeZone'],
  quiet_hours: ['quietFrom', 'quietTo'],
}

/** Asks an address as a sign-up does, within the same limits and one more: a list must not become a storm of mail. */
async function ask(tx: Transaction, acting: Acting, row: ImportRow, taken: Taken, asked: number): Promise<void> {
  const refuse = (refusal: Omit<RowError, 'row'>) => void taken.refused.push({ row: row.row, ...refusal })
  if (asked + taken.pending >= MOST_ASKED_BY_IMPORT) return refuse(ENOUGH)
  const { channel, address, chosen, contact } = row
  const asIs = { channel, address: address.address, consent: false, ...(contact !== null && { contact }) }
  const input = { ...EVERYTHING, ...chosen, ...asIs }
  const outcome = await subscribe({ ...acting, db: tx }, input, 'import')
  if (outcome === 'sent') taken.pending += 1
  else refuse(outcome === 'suppressed' ? SUPPRESSED : TOO_SOON)
}

/** How many imports have asked in the last hour, by whichever process. */
export const askedByImports = (tx: Pick<Transaction, '$count'>, now: Date): Promise<number> =>
  tx.$count(
    confirmations,
    and(eq(confirmations.consentSource, 'import'), gt(confirmations.createdAt, plus(now, -HOUR))),
  )
