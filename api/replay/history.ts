import { z } from 'zod'
import { oneLine } from '../domain/names.ts'
import { IMPACTS, SEVERITIES, SEVERITY, type Severity } from '../domain/severity.ts'

const instant = z.iso
  .datetime({ offset: true, error: 'Use a time such as 2026-11-12T14:00:00Z.' })
  .transform((text) => new Date(text))

/** One update as a history holds it: when, which state it told (`update`: the state stayed), and how long it was. */
const updatesTelling = <const Status extends string>(statuses: readonly Status[]) =>
  z
    .array(
      z.strictObject({
        at: instant,
        status: z.enum(statuses, { error: `Use one of ${statuses.join(', ')}.` }),
        chars: z.int().min(1).max(5000, { error: 'An update has at most 5000 characters.' }),
      }),
    )
    .min(1)
    .transform((updates) => updates.toSorted((one, other) => one.at.getTime() - other.at.getTime()))

const common = {
  id: z.string().min(1),
  components: z.array(oneLine(80)).transform((names) => [...new Set(names)]),
  started_at: instant,
  resolved_at: instant.nullable(),
}

/** The updates say what happened and when; `resolved_at` may not contradict them about whether it is over. */
const incidentHistory = z
  .strictObject({
    ...common,
    impact: z.enum(IMPACTS),
    updates: updatesTelling(['investigating', 'identified', 'monitoring', 'update', 'resolved']),
  })
  .superRefine(({ updates, resolved_at }, context) => {
    const complain = (message: string) => context.addIssue({ code: 'custom', path: ['updates'], message })
    const over = updates.at(-1)!.status === 'resolved'
    if (over !== (resolved_at !== null))
      complain(
        over
          ? 'The last says resolved, and resolved_at is null.'
          : 'resolved_at is given, and the last does not say resolved.',
      )
    if (updates.some(({ status }, index) => status === 'resolved' && updates[index - 1]?.status === 'resolved'))
      complain('It is resolved twice, with nothing said in between.')
  })

const maintenanceHistory = z
  .strictObject({
    ...common,
    impact: z.literal('maintenance'),
    updates: updatesTelling(['scheduled', 'in progress', 'verifying', 'update', 'completed']),
  })
  .superRefine(({ updates }, context) => {
    const complain = (message: string) => context.addIssue({ code: 'custom', path: ['updates'], message })
    const told = updates.map(({ status }) => status)
    if (told[0] !== 'scheduled' || told.lastIndexOf('scheduled') > 0)
      complain('The first, and no other, says scheduled.')
    if (told.filter((status) => status === 'in progress').length !== 1) complain('One says in progress.')
    if (told.indexOf('completed') !== told.length - 1) complain('The last, and no other, says completed.')
    if (told.includes('verifying') && told.indexOf('verifying') < told.indexOf('in progress'))
      complain('It is verified only once it is in progress.')
  })

const history = z.discriminatedUnion('impact', [incidentHistory, maintenanceHistory], {
  error: `Use an object whose impact is one of ${IMPACTS.join(', ')}, maintenance.`,
})

export type IncidentHistory = z.infer<typeof incidentHistory>
export type MaintenanceHistory = z.infer<typeof maintenanceHistory>
export type History = IncidentHistory | MaintenanceHistory

/** What is wrong with one line of the file. */
export interface BadLine {
  line: number
  reason: string
}

/** Reads every line of a file of histories; one that cannot be played is told with its number, counted from 1. */
export function readHistories(text: string, now: Date): { histories: History[]; bad: BadLine[] } {
  const histories: History[] = []
  const bad: BadLine[] = []
  const lineOf = new Map<string, number>()
  for (const [index, written] of text.split('\n').entries()) {
    if (written.trim() === '') continue
    const line = index + 1
    const read = readLine(written)
    const reason = 'reason' in read ? read.reason : whyNot(read, lineOf, now)
    if (reason !== null) bad.push({ line, reason })
    if ('reason' in read) continue
    histories.push(read)
    lineOf.set(read.id, lineOf.get(read.id) ?? line)
  }
  return { histories, bad }
}

function readLine(line: string): History | { reason: string } {
  try {
    const read = history.safeParse(JSON.parse(line))
    if (read.success) return read.data
    const reasons = read.error.issues.map(({ path, message }) =>
      path.length > 0 ? `${path.join('.')}: ${message}` : message,
    )
    return { reason: reasons.join(' ') }
  } catch {
    return { reason: 'This is not JSON.' }
  }
}

function whyNot(read: History, lineOf: ReadonlyMap<string, number>, now: Date): string | null {
  if (lineOf.has(read.id)) return `id: line ${lineOf.get(read.id)} tells ${read.id} already.`
  return read.updates.at(-1)!.at > now ? 'updates: The last has not happened yet.' : null
}

/** The severity whose impact the file names (contract section 4). */
export const severityOf = (impact: IncidentHistory['impact']): Severity =>
  SEVERITIES.find((severity) => SEVERITY[severity].impact === impact)!
