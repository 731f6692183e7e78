import { newId } from '../../db/ids.ts'
import { subscribers } from '../../db/schema.ts'
import type { Acting, Actor } from '../actions/acting.ts'
import { addComponent } from '../actions/add-component.ts'
import { addPerson, addPersonInput } from '../actions/add-person.ts'
import { allOrNothing } from '../actions/all-or-nothing.ts'
import { changeBriefingRules } from '../actions/change-briefing-rules.ts'
import { addGroup } from '../actions/group-components.ts'
import { setUp, setUpInput, setUpToken } from '../actions/set-up.ts'
import { standingClock } from '../clock.ts'
import { parseAddress } from '../domain/address.ts'
import { DAY, plus } from '../domain/duration.ts'
import { idsOf, type Scene, whenWas } from './scene.ts'
import type { Story } from './story.ts'
import { scenesOfIncident } from './tell-incident.ts'
import { scenesOfMaintenance } from './tell-maintenance.ts'

/** For how long the company has been there: longer than the ninety days that its page shows. */
const HISTORY = 100 * DAY

/**
 * Fills an empty database with a story, through the same actions as everybody, each at its own time and in the order in
 * which it happened. What is past is told to nobody; the update under way goes out. All of it or nothing.
 */
export const tell = (acting: Acting, story: Story, password: string): Promise<void> =>
  acting.db.transaction(async (tx) => {
    const now = await acting.clock(tx)
    const telling = { ...acting, db: allOrNothing(tx) }
    const people = new Map<string, Actor>()
    const priya = await founding({ ...telling, clock: standingClock(plus(now, -HISTORY)) }, story, password, people)
    const at = (time: Date): Acting => ({ ...priya, clock: standingClock(time) })
    const groups = new Map<string, string>()
    const components = new Map<string, string>()
    await tellComponents(priya, story, groups, components)
    for (const scene of scenesOf(story, groups, now)) await scene.play(at(scene.at), components, people)
    await tellSubscribers(telling, story, components, now)
  })

/** Sets the company up; answers its first person, who acts from then on. */
async function founding(acting: Acting, story: Story, password: string, people: Map<string, Actor>): Promise<Acting> {
  const { admin, organisation, short_name, contact } = story
  const first = setUpInput.parse({ ...admin, password, organisation, short_name, contact })
  const personId = await setUp(acting, setUpToken(acting.secrets), first)
  const actor = { ...acting.actor, personId, kind: 'person' as const, id: personId, name: admin.name }
  const priya = { ...acting, actor }
  for (const told of story.people) {
    const { id, name, role } = (await addPerson(priya, addPersonInput.parse(told))).person
    people.set(name, { ...priya.actor, id, personId: id, name, role })
  }
  const idOf = (name: string) => people.get(name)!.id!
  await changeBriefingRules(
    priya,
    story.briefing_rules.map((rule) => ({ ...rule, to: rule.to.map(idOf) })),
  )
  return priya
}

async function tellComponents(
  acting: Acting,
  story: Story,
  groups: Map<string, string>,
  components: Map<string, string>,
): Promise<void> {
  for (const { name, components: names } of story.groups) {
    const group = await addGroup(acting, { name })
    groups.set(name, group.id)
    for (const component of names)
      components.set(component, (await addComponent(acting, { name: component, group_id: group.id })).id)
  }
}

/** Everything that happened, in its order: what overlaps is told as it overlapped. */
const scenesOf = (story: Story, groups: ReadonlyMap<string, string>, now: Date): Scene[] =>
  [
    ...story.joined_later.map(
      ({ name, group, when }): Scene => ({
        at: whenWas(when, now),
        play: async (acting, components) =>
          void components.set(name, (await addComponent(acting, { name, group_id: groups.get(group)! })).id),
      }),
    ),
    ...story.maintenances.flatMap((told) => scenesOfMaintenance(told, now)),
    ...story.incidents.flatMap((told) => scenesOfIncident(told, now)),
  ].toSorted((one, other) => one.at.getTime() - other.at.getTime())

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
      componentIds: idsOf(components, chosen),
      confirmedAt: now,
    })
  }
}
