import { newId } from '../../db/ids.ts'
import { subscribers } from '../../db/schema.ts'
import type { Acting } from '../actions/acting.ts'
import { addComponent } from '../actions/add-component.ts'
import { addPerson, addPersonInput } from '../actions/add-person.ts'
import { addGroup } from '../actions/group-components.ts'
import { openIncident } from '../actions/open-incident.ts'
import { postUpdate } from '../actions/post-update.ts'
import { setUp, setUpInput, setUpToken } from '../actions/set-up.ts'
import { standingClock } from '../clock.ts'
import { parseAddress } from '../domain/address.ts'
import { MINUTE, plus } from '../domain/duration.ts'
import type { Story, ToldIncident } from './story.ts'

/** For how long the components have been there. */
const HISTORY = 90 * 24 * 60 * MINUTE

/**
 * Fills an empty database with a story, through the same actions as everybody, each at its own time. What is past is
 * told to nobody; the update under way goes out. Answers nothing.
 */
export async function tell(acting: Acting, story: Story, password: string): Promise<void> {
  const now = await acting.clock(acting.db)
  const at = (time: Date): Acting => ({ ...acting, clock: standingClock(time) })
  const began = at(plus(now, -HISTORY))
  const { admin, organisation, short_name, contact } = story
  const first = setUpInput.parse({ ...admin, password, organisation, short_name, contact })
  const personId = await setUp(began, setUpToken(acting.secrets), first)
  const priya: Acting = {
    ...began,
    actor: { ...acting.actor, personId, kind: 'person', id: personId, name: admin.name },
  }
  for (const person of story.people) await addPerson(priya, addPersonInput.parse(person))
  const components = await tellComponents(priya, story)
  await tellSubscribers(acting, story, components, now)
  for (const incident of story.incidents)
    await tellIncident({ ...priya, clock: acting.clock }, incident, components, now)
}

async function tellComponents(acting: Acting, story: Story): Promise<Map<string, string>> {
  const ids = new Map<string, string>()
  for (const { name, components } of story.groups) {
    const group = await addGroup(acting, { name })
    for (const component of components)
      ids.set(component, (await addComponent(acting, { name: component, group_id: group.id })).id)
  }
  return ids
}

async function tellSubscribers(acting: Acting, story: Story, components: Map<string, string>, now: Date) {
  for (const { channel, address, components: chosen = [] } of story.subscribers) {
    const parsed = parseAddress(channel, address)
    if ('refused' in parsed) throw new Error(`The demo's subscriber is wrong: ${parsed.refused.message}`)
    await acting.db.insert(subscribers).values({
      id: newId(),
      channel,
      address: parsed.address,
      addressKey: parsed.key,
      state: 'active',
      componentIds: chosen.map((name) => components.get(name)!),
      confirmedAt: now,
    })
  }
}

/** Everything but the last word of an open incident is told silently. */
async function tellIncident(acting: Acting, told: ToldIncident, components: Map<string, string>, now: Date) {
  const began = plus(now, -told.minutes_ago * MINUTE)
  const at = (minutes: number): Acting => ({ ...acting, clock: standingClock(plus(began, minutes * MINUTE)) })
  const [first, ...rest] = told.updates
  const isOpen = told.updates.at(-1)!.status !== 'resolved'
  const { id } = await openIncident(at(first!.after), {
    title: told.title,
    severity: told.severity,
    body: first!.body,
    status: first!.status === 'resolved' ? undefined : first!.status,
    started_at: plus(began, -4 * MINUTE),
    components: Object.entries(told.components).map(([name, status]) => ({ id: components.get(name)!, status })),
    notify: false,
  })
  for (const [index, { after, status, body }] of rest.entries())
    await postUpdate(at(after), id, { status, body, notify: isOpen && index === rest.length - 1 })
}
