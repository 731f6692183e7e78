import { isNull } from 'drizzle-orm'
import { z } from 'zod'
import { componentGroups, components } from '../../db/schema.ts'
import { type Address, parseAddress, parseEmail } from '../domain/address.ts'
import type { Acting } from './acting.ts'
import { instant } from './fields.ts'
import { preferenceFields } from './preference-fields.ts'
import { SIGN_UP_CHANNELS, type SignUpChannel } from './sign-up-proof.ts'
import { type FileRecord, IGNORED } from './subscriber-file.ts'

/** Why a row was not taken: its number, a word for machines, words for people. */
export interface RowError {
  row: number
  code: string
  message: string
}

/** A row that makes sense by itself. */
export interface ImportRow {
  row: number
  channel: SignUpChannel
  address: Address
  /** What the file says; what it leaves out is not changed for somebody who is there already. */
  chosen: Partial<z.infer<typeof preferenceFields>>
  /** Null: the address has to be asked. */
  consent: { at: Date; source: string } | null
  /** Where the owner of a webhook hears that it has been disabled; null where the file does not say. */
  contact: string | null
}

/** Names and ids of what can be chosen, in lower case, each leading to its id. */
export interface Choosable {
  components: ReadonlyMap<string, string>
  groups: ReadonlyMap<string, string>
}

/** What can be chosen at this moment. */
export async function choosable({ db }: Pick<Acting, 'db'>): Promise<Choosable> {
  const named = (rows: { id: string; name: string }[]) =>
    new Map(rows.flatMap(({ id, name }) => [[name.toLowerCase(), id] as const, [id, id] as const]))
  const { id, name, archivedAt } = components
  return {
    components: named(await db.select({ id, name }).from(components).where(isNull(archivedAt))),
    groups: named(
      await db
        .select({ id: componentGroups.id, name: componentGroups.name })
        .from(componentGroups)
        .where(isNull(componentGroups.archivedAt)),
    ),
  }
}

const rowSchema = preferenceFields
  .omit({ quiet_hours: true })
  .partial()
  .extend({
    channel: z.enum(SIGN_UP_CHANNELS, { error: 'Use email, sms or webhook.' }),
    address: z.string().max(2000),
    contact: z.string().max(320).optional(),
    quiet_hours: preferenceFields.shape.quiet_hours.optional(),
    consent_at: instant.optional(),
    consent_source: z.string().max(80).optional(),
    state: z.literal('active', { error: 'Only active subscribers are taken.' }).optional(),
  })

/** Reads one record; every value may be a text, as a table has it. A webhook's address is guarded as at sign-up (W8). */
export function readRow(
  { row, values, fault }: FileRecord,
  { names, now, webhookAllow }: { names: Choosable; now: Date; webhookAllow: readonly string[] },
): ImportRow | { error: RowError } {
  const refuse = (code: string, message: string) => ({ error: { row, code, message } })
  if (fault !== undefined) return refuse('malformed', fault)
  const typed = typedValues(values, names)
  const read = rowSchema.safeParse(typed, { reportInput: true })
  if (!read.success) return refuse(...faultIn(read.error.issues[0]!))
  const { channel, address, contact, consent_at: at, consent_source: source, state: _, ...chosen } = read.data
  const parsed = parseAddress(channel, address, webhookAllow)
  if ('refused' in parsed) return refuse(parsed.refused.code, parsed.refused.message)
  const wrong = contact === undefined ? null : faultOfContact(channel, contact)
  if (wrong) return refuse(wrong.code, `contact: ${wrong.message}`)
  if ((at === undefined) !== (source === undefined))
    return refuse('consent_incomplete', 'Give both consent_at and consent_source, or neither.')
  if (at && at > now) return refuse('in_the_future', 'consent_at: nobody can have agreed later than now.')
  const consent = at ? { at, source: source! } : null
  return { row, channel, address: parsed, chosen: saidIn(chosen, typed), consent, contact: contact ?? null }
}

function faultOfContact(channel: SignUpChannel, contact: string): { code: string; message: string } | null {
  if (channel !== 'webhook') return { code: 'unknown_field', message: 'only a webhook has one.' }
  const parsed = parseEmail(contact)
  return 'refused' in parsed ? parsed.refused : null
}

/** What was said, without what the schema puts in where nothing was. */
const saidIn = <T extends object>(chosen: T, typed: object): Partial<T> =>
  Object.fromEntries(Object.entries(chosen).filter(([name]) => name in typed)) as Partial<T>

/** A fault of the schema as the code and the words of a row's error. */
function faultIn(issue: z.core.$ZodIssue): [code: string, message: string] {
  const field = issue.path[0] ?? ''
  if (issue.code === 'unrecognized_keys') return ['unknown_field', `There is no field ${issue.keys[0]} here.`]
  if (issue.input === undefined) return ['required', `${String(field)} is required.`]
  if (field === 'components' || field === 'component_groups')
    return ['unknown', `${String(field)}: there is no ${String(issue.input).slice(0, 80)} to choose.`]
  return [issue.code === 'custom' ? 'invalid' : issue.code, `${String(field)}: ${issue.message}`]
}

/** Texts become what the schema reads; columns of our export that say nothing to an import are left out. */
function typedValues(values: Record<string, unknown>, names: Choosable): Record<string, unknown> {
  const filled = Object.entries(values).filter(([, value]) => value !== '' && value !== null)
  const { quiet_from: from, quiet_to: to, ...rest } = Object.fromEntries(filled) as Record<string, unknown>
  const typed: Record<string, unknown> = Object.fromEntries(
    Object.entries(rest).filter(([name]) => !IGNORED.includes(name)),
  )
  if (from !== undefined || to !== undefined) typed.quiet_hours = { from, to }
  if (typeof typed.maintenance === 'string') typed.maintenance = TRUTH[typed.maintenance.toLowerCase()]
  if (typed.components !== undefined) typed.components = idsOf(typed.components, names.components)
  if (typed.component_groups !== undefined) typed.component_groups = idsOf(typed.component_groups, names.groups)
  return typed
}

const TRUTH: Record<string, boolean> = { true: true, yes: true, '1': true, false: false, no: false, '0': false }

/** Ids of what is named in a list, or in one text between semicolons; a name that leads nowhere stays and is refused. */
const idsOf = (listed: unknown, known: ReadonlyMap<string, string>): unknown =>
  (Array.isArray(listed) ? listed : String(listed).split(';'))
    .map((each) => String(each).trim())
    .filter((each) => each !== '')
    .map((each) => known.get(each.toLowerCase()) ?? `? ${each}`)
