import type { Transaction } from '../../db/client.ts'
import {
  countBySeverity,
  countMaintenances,
  lockWhileEmpty,
  type SeverityCount,
  silencePromises,
  tellPlanner,
} from '../../db/queries/replays.ts'
import { recordChange } from '../../db/queries/site-changes.ts'
import type { Acting } from '../actions/acting.ts'
import { addComponent } from '../actions/add-component.ts'
import { allOrNothing } from '../actions/all-or-nothing.ts'
import { standingClock } from '../clock.ts'
import { dayStart } from '../domain/days.ts'
import { Refusal, refuseConflict } from '../domain/refusal.ts'
import { type History, readHistories } from './history.ts'
import { type Moment, momentsOf } from './moments.ts'
import { playIncident } from './play-incident.ts'
import { playMaintenance } from './play-maintenance.ts'
import type { Told } from './told.ts'
import { placeholderWords } from './words.ts'

export interface Replayed {
  severities: SeverityCount[]
  maintenances: number
  maintenanceUpdates: number
}

/**
 * Plays the histories of a file through the actions that everybody uses, each at its own time, into an empty database.
 * Nobody is told of what is long past, and nobody is alerted. It is one transaction: killed anywhere it leaves nothing,
 * and a running service sees nothing of it until it sees all. `onProgress` hears how much has been played.
 */
export async function replay(
  acting: Acting,
  text: string,
  onProgress: (done: number, all: number) => void = () => {},
): Promise<Replayed> {
  const histories = readable(text, await acting.clock(acting.db))
  const moments = momentsOf(histories)
  return acting.db.transaction(async (tx) => {
    if (!(await lockWhileEmpty(tx)))
      throw refuseConflict(
        'not_empty',
        'There are incidents, maintenances or components already; a replay needs a database without.',
      )
    const playing = { ...acting, db: allOrNothing(tx), unasked: true }
    const told = await beginTelling(playing, histories, moments)
    for (const [index, moment] of moments.entries()) {
      await play({ ...playing, clock: standingClock(moment.at) }, moment, told)
      onProgress(index + 1, moments.length)
    }
    await silencePromises(tx)
    await turnToToday(tx, moments.at(-1)!.at, await acting.clock(tx))
    await tellPlanner(tx)
    const { maintenances, updates } = await countMaintenances(tx)
    return { severities: await countBySeverity(tx), maintenances, maintenanceUpdates: updates }
  })
}

/** The histories, or a refusal that names every bad line. */
function readable(text: string, now: Date): History[] {
  const { histories, bad } = readHistories(text, now)
  const errors = bad.map(({ line, reason }) => ({ field: `line ${line}`, code: 'invalid', message: reason }))
  const told =
    errors.length === 1
      ? `Line ${bad[0]!.line} cannot be read: ${bad[0]!.reason}`
      : `${errors.length} lines cannot be read.`
  if (errors.length > 0) throw new Refusal('invalid', `${told} Nothing was changed.`, errors)
  if (histories.length === 0) throw new Refusal('invalid', 'The file holds no history. Nothing was changed.')
  return histories
}

/** The page speaks of today, however long ago the file ends. */
async function turnToToday(tx: Transaction, end: Date, now: Date): Promise<void> {
  const midnight = dayStart(now)
  if (end < midnight) await recordChange(tx, { topic: 'day' }, midnight)
}

/** Every component that is named was there from the beginning of the file. */
async function beginTelling(acting: Acting, histories: readonly History[], moments: readonly Moment[]): Promise<Told> {
  const words = placeholderWords(acting.templates)
  const components = new Map<string, string>()
  const beginning = { ...acting, clock: standingClock(moments[0]!.at) }
  for (const name of new Set(moments.flatMap(({ history }) => history.components)))
    components.set(name, (await addComponent(beginning, { name })).id)
  const seeds = new Map(histories.map((history, index) => [history, index]))
  return {
    components,
    ids: new Map(),
    words: (history, index) => words.text(history.updates[index]!.chars, seeds.get(history)! + index),
    title: ({ impact, components: named }) => words.title(impact === 'maintenance' ? 'maintenance' : 'incident', named),
  }
}

async function play(acting: Acting, { history, index }: Moment, told: Told): Promise<void> {
  if (history.impact === 'maintenance') await playMaintenance(acting, history, index, told)
  else await playIncident(acting, history, index, told)
}
