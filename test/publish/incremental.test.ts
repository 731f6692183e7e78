import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { type Memo, makeMemo } from '../../api/publish/memo.ts'
import { publish } from '../../api/publish/publisher.ts'
import { loadRenderer } from '../../api/publish/renderer.ts'
import { folderTarget } from '../../api/publish/targets/folder.ts'
import type { Database } from '../../db/client.ts'
import { actingAs, setUpNorthwind } from '../support/acting.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/published.ts'
import { actAtRandom } from '../support/random-actions.ts'
import { chance } from '../support/seeded.ts'
import { ADDRESS } from '../support/snapshots.ts'

const renderer = await loadRenderer(resolve(import.meta.dirname, '../..'))
const SEEDS = process.env.SEED ? process.env.SEED.split(',').map(Number) : [1, 2, 5]
const STEPS = Number(process.env.STEPS ?? 35)
/** One in so many publications is compared, and the last. */
const COMPARED = Number(process.env.COMPARED ?? 4)
const START = new Date('2026-10-20T09:00:00.000Z')

/** Brings a folder up to date; a service remembers what it has read. */
const bring = async (db: Database, folder: string, memo?: Memo) => {
  const { state, trouble } = await publish({ db, renderer, target: folderTarget(folder), address: ADDRESS, memo })
  expect([state, trouble], trouble ?? '').not.toContain('failed')
}

const DOCUMENT_OF_INCIDENT = /^api\/v2\/incidents\/[a-z0-9]{12}\.json$/

/** What stands in a folder, by path. The document of an old incident lies still while components that it names change. */
async function contentsOf(folder: string): Promise<Map<string, string>> {
  const contents = new Map<string, string>()
  for (const path of (await folderTarget(folder).list()).sort()) {
    const text = await readFile(join(folder, path), 'utf8')
    contents.set(path, DOCUMENT_OF_INCIDENT.test(path) ? withoutComponents(text) : text)
  }
  return contents
}

const withoutComponents = (text: string): string =>
  JSON.stringify(JSON.parse(text), (name, value) =>
    name === 'components' || name === 'affected_components' ? null : value,
  )

/** The paths at which two folders differ, each with the first place where it does. */
function differences(one: Map<string, string>, other: Map<string, string>): string[] {
  const paths = [...new Set([...one.keys(), ...other.keys()])].sort()
  return paths.flatMap((path) => {
    const [kept, fresh] = [one.get(path), other.get(path)]
    if (kept === fresh) return []
    if (kept === undefined || fresh === undefined) return [`${path}: ${kept === undefined ? 'missing' : 'left over'}`]
    const at = [...kept].findIndex((letter, index) => letter !== fresh[index])
    const around = (text: string) => text.slice(Math.max(0, at - 60), at + 60)
    return [`${path}: …${around(kept)}… instead of …${around(fresh)}…`]
  })
}

describe('a folder that has followed every change', () => {
  it.each(SEEDS)('holds what one holds that is made anew (seed %i)', { timeout: 300_000 }, async (seed) => {
    const { db, clock } = await testDatabase()
    const acting = actingAs(db, clock)
    const dice = chance(seed)
    const folder = await temporaryFolder()
    const memo = makeMemo()
    await clock.set(START)
    await setUpNorthwind(db)
    for (const name of ['Login', 'Mail', 'Storage']) await addComponent(acting, { name })
    await bring(db, folder, memo)
    const done: string[] = []
    for (let step = 0; step < STEPS; step += 1) {
      done.push(await actAtRandom(acting, clock, dice))
      if (step < STEPS - 1 && dice.between(1, 4) === 1) continue
      await bring(db, folder, memo)
      if (step < STEPS - 1 && dice.between(1, COMPARED) > 1) continue
      const fresh = await temporaryFolder()
      await bring(db, fresh)
      const found = differences(await contentsOf(folder), await contentsOf(fresh))
      expect(found, `after ${done.join(', ')}`).toEqual([])
    }
  })
})
