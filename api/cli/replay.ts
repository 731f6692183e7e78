import { readFile } from 'node:fs/promises'
import { Refusal } from '../domain/refusal.ts'
import { type Replayed, replay } from '../replay/replay.ts'
import { type Command, positional } from './command.ts'

export const replayCommand: Command = {
  name: 'replay',
  usage: 'FILE',
  summary: [
    'Play incident histories (JSON lines) into an empty database, at their own times; nobody is told or alerted.',
    'What a history leaves open stays open: its promise is shown and wakes nobody, until its next update promises anew.',
  ].join('\n      '),
  options: {},
  async run(acting, typed) {
    const began = performance.now()
    const replayed = await replay(acting, await textOf(positional(typed, 'file')), progress())
    const seconds = Math.round((performance.now() - began) / 100) / 10
    return { text: told(replayed, seconds), json: asJson(replayed, seconds) }
  },
}

const textOf = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: Error) => {
    throw new Refusal('invalid', `${file} cannot be read: ${error.message}`)
  })

/** A line that counts up, for whoever watches a terminal. */
function progress(): ((done: number, all: number) => void) | undefined {
  const { stderr } = process
  if (!stderr.isTTY) return undefined
  return (done, all) => {
    if (done % 50 === 0 || done === all) stderr.write(`\r${done} of ${all} updates${done === all ? '\n' : ''}`)
  }
}

const sum = (replayed: Replayed, what: 'incidents' | 'updates' | 'made' | 'kept' | 'late'): number =>
  replayed.severities.reduce((all, each) => all + each[what], 0)

function told(replayed: Replayed, seconds: number): string {
  const { severities, maintenances, maintenanceUpdates } = replayed
  return [
    `${sum(replayed, 'incidents')} incidents with ${sum(replayed, 'updates')} updates`,
    `${maintenances} maintenances with ${maintenanceUpdates} updates`,
    `${sum(replayed, 'made')} promises: ${sum(replayed, 'kept')} kept, ${sum(replayed, 'late')} late`,
    ...severities.map(
      ({ severity, incidents, made, kept, late }) =>
        `  ${severity}  ${incidents} incidents, ${made} promises: ${kept} kept, ${late} late`,
    ),
    `Played in ${seconds} s.`,
  ].join('\n')
}

const asJson = (replayed: Replayed, seconds: number) => ({
  incidents: sum(replayed, 'incidents'),
  updates: sum(replayed, 'updates'),
  maintenances: replayed.maintenances,
  maintenance_updates: replayed.maintenanceUpdates,
  promises: Object.fromEntries(
    replayed.severities.map(({ severity, made, kept, late }) => [severity, { made, kept, late }]),
  ),
  seconds,
})
