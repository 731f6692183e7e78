import { allComponents } from '../../db/queries/components.ts'
import { incidentById, listIncidents } from '../../db/queries/incidents.ts'
import type { Acting } from '../actions/acting.ts'
import { addComponent, addComponentInput } from '../actions/add-component.ts'
import { openIncident, openIncidentInput } from '../actions/open-incident.ts'
import { postUpdate, postUpdateInput } from '../actions/post-update.ts'
import { refuseField, refuseMissing } from '../domain/refusal.ts'
import { checked } from '../http/input.ts'
import { wholeIncident, wholeIncidents } from '../http/present/incident.ts'
import {
  type Command,
  option,
  type Printed,
  positional,
  repeated,
  required,
  type Typed,
  UsageError,
} from './command.ts'

/** Ready words, by the template's name or key; what stands in its blanks. */
const ready = {
  template: { type: 'string' },
  blank: { type: 'string', multiple: true },
} as const

const update = {
  ...ready,
  body: { type: 'string' },
  status: { type: 'string' },
  severity: { type: 'string' },
  reason: { type: 'string' },
  headline: { type: 'string' },
  'next-update-in': { type: 'string' },
  hold: { type: 'string' },
  'no-change': { type: 'boolean' },
  component: { type: 'string', multiple: true },
} as const

export const incidentCommands: Command[] = [
  {
    name: 'incident open',
    usage:
      '--title T --severity SEV1..SEV4 [--body B | --template NAME [--blank NAME=TEXT]…] [--component NAME=STATUS]… [--internal]',
    summary: 'Declare an incident; with a body its first update goes out',
    options: {
      ...ready,
      title: { type: 'string' },
      severity: { type: 'string' },
      body: { type: 'string' },
      component: { type: 'string', multiple: true },
      internal: { type: 'boolean' },
    },
    async run(acting, typed) {
      const input = {
        title: required(typed, 'title'),
        severity: required(typed, 'severity'),
        body: option(typed, 'body'),
        ...readyWords(typed),
        components: await namedComponents(acting, typed),
        visibility: typed.values.internal ? 'internal' : undefined,
      }
      return printIncident(acting, (await openIncident(acting, checked(openIncidentInput, input))).id)
    },
  },
  {
    name: 'incident update',
    usage:
      'ID [--body B | --template NAME [--blank NAME=TEXT]… | --no-change] [--status S] [--severity S --reason R] [--next-update-in PT10M] [--headline H] [--hold PT5M] [--component NAME=STATUS]…',
    summary: 'Publish an update; the same rules as in the console hold',
    options: update,
    run: (acting, typed) => post(acting, typed, {}),
  },
  {
    name: 'incident resolve',
    usage: 'ID --body B | --template NAME [--blank NAME=TEXT]… [--hold PT5M]',
    summary: 'Publish the resolution',
    options: { ...ready, body: update.body, headline: update.headline, hold: update.hold },
    async run(acting, typed) {
      if (option(typed, 'template') === undefined) required(typed, 'body')
      return post(acting, typed, { status: 'resolved' })
    },
  },
  {
    name: 'incident list',
    usage: '[--state open|resolved|all]',
    summary: 'List incidents, newest first; open ones unless told otherwise',
    options: { state: { type: 'string' } },
    async run(acting, typed) {
      const state = option(typed, 'state') ?? 'open'
      if (state !== 'open' && state !== 'resolved' && state !== 'all')
        throw new UsageError('--state is open, resolved or all.')
      const rows = await listIncidents(acting.db, { state, limit: 200 })
      const now = await acting.clock(acting.db)
      const data = await wholeIncidents(acting.db, rows, acting.urls.site, now)
      return { text: data.map(line).join('\n') || 'No incidents.', json: { data, next_cursor: null } }
    },
  },
  {
    name: 'component create',
    usage: '--name N [--description D]',
    summary: 'Add a component to the page; prints its id',
    options: { name: { type: 'string' }, description: { type: 'string' } },
    async run(acting, typed) {
      const input = { name: required(typed, 'name'), description: option(typed, 'description') }
      const component = await addComponent(acting, checked(addComponentInput, input))
      return { text: component.id, json: component }
    },
  },
]

async function post(acting: Acting, typed: Typed, fixed: object): Promise<Printed> {
  const id = positional(typed, 'incident (its id)')
  const input = {
    body: option(typed, 'body'),
    ...readyWords(typed),
    status: option(typed, 'status'),
    severity: option(typed, 'severity'),
    severity_reason: option(typed, 'reason'),
    headline: option(typed, 'headline'),
    next_update_in: option(typed, 'next-update-in'),
    hold: option(typed, 'hold'),
    no_change: typed.values['no-change'] === true ? true : undefined,
    components: await namedComponents(acting, typed),
    ...fixed,
  }
  await postUpdate(acting, id, checked(postUpdateInput, input))
  return printIncident(acting, id)
}

/** `--template NAME` and each `--blank NAME=TEXT` as the actions take them. */
function readyWords(typed: Typed) {
  const pairs = repeated(typed, 'blank').map((text) => {
    const at = text.indexOf('=')
    if (at < 1) throw new UsageError('--blank is NAME=TEXT.')
    return [text.slice(0, at).trim(), text.slice(at + 1)] as const
  })
  return { template_id: option(typed, 'template'), blanks: pairs.length > 0 ? Object.fromEntries(pairs) : undefined }
}

/** An incident as it stands; what is held of it stands below. */
export async function printIncident(acting: Acting, id: string): Promise<Printed> {
  const row = await incidentById(acting.db, id)
  if (!row) throw refuseMissing('incident')
  const incident = await wholeIncident(acting.db, row, acting.urls.site, await acting.clock(acting.db))
  const held = incident.updates.find(({ state }) => state === 'held')
  const waits = held ? `\n  update ${held.seq} is held; it goes out at ${held.release_at} at the latest` : ''
  return { text: line(incident) + waits, json: incident }
}

type Whole = Awaited<ReturnType<typeof wholeIncident>>

const line = ({ id, severity, status, title, next_update_due_at, overdue, url }: Whole): string => {
  const promise = next_update_due_at ? `next update ${overdue ? 'was due' : 'due'} ${next_update_due_at}` : 'no promise'
  return `${id}  ${severity}  ${status}  ${title}\n  ${promise}  ${url}`
}

/** `NAME=STATUS` or `NAME` for each component; names are as on the page, letter case apart. */
async function namedComponents(acting: Acting, typed: Typed) {
  const wanted = repeated(typed, 'component')
  if (wanted.length === 0) return undefined
  const known = await allComponents(acting.db)
  return wanted.map((text) => {
    const [name = '', status] = text.split(/=(?=[a-z_]+$)/)
    const found = known.filter((component) => component.name.toLowerCase() === name.trim().toLowerCase())
    if (found.length !== 1)
      throw refuseField('component', 'unknown', `${found.length || 'No'} components are called ${name}; one is needed.`)
    return { id: found[0]!.id, status }
  })
}
