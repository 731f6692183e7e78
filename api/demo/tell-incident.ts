import type { Acting } from '../actions/acting.ts'
import { correctUpdate } from '../actions/correct-update.ts'
import { openIncident } from '../actions/open-incident.ts'
import { postUpdate } from '../actions/post-update.ts'
import { MINUTE, plus } from '../domain/duration.ts'
import { type Scene, whenWas } from './scene.ts'
import type { ToldIncident } from './story.ts'
import { scenesOfBriefing } from './tell-briefing.ts'

type Said = ToldIncident['updates'][number]

/** An incident, scene by scene; everything but the last word of an open one is told silently. */
export function scenesOfIncident(told: ToldIncident, now: Date): Scene[] {
  const began = whenWas(told.when, now)
  const isOpen = told.updates.at(-1)!.status !== 'resolved'
  const ids = new Map<Said, string>()
  let incidentId = ''
  const [first, ...rest] = told.updates
  const opening: Scene = {
    at: began,
    async play(acting, components) {
      incidentId = await declare(acting, told, first!, began, components)
    },
  }
  const saying = (said: Said, index: number): Scene => ({
    at: plus(began, said.after * MINUTE),
    async play(acting) {
      const { status, body } = said
      const notify = isOpen && index === rest.length - 1
      ids.set(said, (await postUpdate(acting, incidentId, { status, body, notify })).id)
    },
  })
  const correcting = (said: Said): Scene[] => {
    if (!said.corrected) return []
    const { after, body, reason } = said.corrected
    const play = async (acting: Acting) =>
      void (await correctUpdate(acting, incidentId, ids.get(said)!, { body, reason, notify: false }))
    return [{ at: plus(began, after * MINUTE), play }]
  }
  const briefing = told.briefings.flatMap((each) => scenesOfBriefing(each, began, () => incidentId))
  return [opening, ...rest.map(saying), ...rest.flatMap(correcting), ...briefing]
}

async function declare(
  acting: Acting,
  told: ToldIncident,
  { status, body }: Said,
  began: Date,
  components: ReadonlyMap<string, string>,
): Promise<string> {
  const { id } = await openIncident(acting, {
    title: told.title,
    severity: told.severity,
    body,
    status: status === 'resolved' ? undefined : status,
    started_at: plus(began, -told.noticed * MINUTE),
    components: Object.entries(told.components).map(([name, shown]) => ({ id: components.get(name)!, status: shown })),
    notify: false,
  })
  return id
}
