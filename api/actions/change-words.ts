import type { Transaction } from '../../db/client.ts'
import type { Incident } from '../../db/queries/incidents.ts'
import { namesOfPeople } from '../../db/queries/names.ts'

/** What of an incident the timeline tells of when it is changed without words, and how it calls it. */
const TOLD = {
  title: 'Title',
  visibility: 'Visibility',
  startedAt: 'Began',
  detectedAt: 'Detected',
  commanderId: 'Commander',
  deputyId: 'Deputy',
  commsLeadId: 'Comms lead',
  scribeId: 'Scribe',
  subjectExpertId: 'Subject expert',
  executiveSponsorId: 'Executive sponsor',
  warRoom: 'War room',
} as const satisfies Partial<Record<keyof Incident, string>>
type Told = keyof typeof TOLD

/** What a change without words did, for the timeline: `Scribe: Lena. Title: Sign-in fails.` */
export async function wordsOfChange(tx: Transaction, incident: Incident, columns: Partial<Incident>): Promise<string> {
  const changed = (Object.keys(TOLD) as Told[]).filter((name) => name in columns && differs(incident, columns, name))
  const people = changed.filter((name) => name.endsWith('Id')).map((name) => columns[name] as string | null)
  const names = await namesOfPeople(tx, people)
  const said = changed.map((name) => `${TOLD[name]}: ${valueIn(name, columns[name], names)}.`)
  return said.join(' ') || 'Nothing changed.'
}

const differs = (incident: Incident, columns: Partial<Incident>, name: Told): boolean =>
  JSON.stringify(incident[name]) !== JSON.stringify(columns[name])

function valueIn(name: Told, value: Incident[Told] | undefined, names: ReadonlyMap<string, string>): string {
  if (value === null || value === undefined) return name === 'detectedAt' ? 'not known' : 'nobody'
  if (value instanceof Date) return `${value.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  if (typeof value === 'string') return names.get(value) ?? value
  const count = value.documents.length + [value.bridge_url, value.channel_url].filter(Boolean).length
  return count === 1 ? '1 link' : `${count} links`
}
