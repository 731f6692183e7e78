import { execFileSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeMemo } from '../../api/publish/memo.ts'
import type { Publication } from '../../api/publish/publisher.ts'
import { startPublisher } from '../../api/publish/publishing.ts'
import { folderTarget } from '../../api/publish/targets/folder.ts'
import { folderThread } from '../../api/publish/targets/thread.ts'
import { testDatabase } from '../support/database.ts'
import { addIncident, addUpdate, plainRenderer, setUpOrganisation, temporaryFolder } from '../support/published.ts'
import { ADDRESS } from '../support/snapshots.ts'

const { db } = await testDatabase()
const NOON = new Date('2026-11-12T12:00:00.000Z')
const OPEN = 'inc000000001'
await setUpOrganisation(db, NOON)
await addIncident(db, NOON, { id: OPEN })

/** Hands out runs one by one, to whoever waits for the next. */
function makeRuns() {
  const done: Publication[] = []
  const waiting: ((run: Publication) => void)[] = []
  return {
    onRun: (run: Publication) => {
      const next = waiting.shift()
      if (next) next(run)
      else done.push(run)
    },
    next: async (): Promise<Publication> => done.shift() ?? new Promise((resolve) => waiting.push(resolve)),
  }
}

describe('the publisher of a process', () => {
  it('publishes at once, when kicked, and ends with the run in hand', async () => {
    const runs = makeRuns()
    const folder = await temporaryFolder()
    const publisher = startPublisher({
      db,
      renderer: plainRenderer(),
      target: folderTarget(folder),
      address: ADDRESS,
      pollEvery: 3_600_000,
      onRun: runs.onRun,
    })
    expect((await runs.next()).state).toBe('published')
    await addUpdate(db, OPEN, NOON, { seq: 2 })
    publisher.kick()
    expect((await runs.next()).written).toContain('index.html')
    await publisher.stop()
  })

  it('looks again without being kicked', async () => {
    const runs = makeRuns()
    const publisher = startPublisher({
      db,
      renderer: plainRenderer(),
      target: folderTarget(await temporaryFolder()),
      address: ADDRESS,
      pollEvery: 1,
      onRun: runs.onRun,
    })
    expect((await runs.next()).state).toBe('published')
    expect((await runs.next()).state).toBe('unchanged')
    await publisher.stop()
  })

  it('loses no kick that comes while it is at work, and never runs twice at once', async () => {
    const runs = makeRuns()
    let atWork = 0
    let most = 0
    let seq = 2
    const plain = plainRenderer()
    const publisher = startPublisher({
      db,
      renderer: {
        ...plain,
        render: async (route, data, language) => {
          atWork += 1
          most = Math.max(most, atWork)
          if (route === '/' && language === 'en' && seq < 5) {
            seq += 1
            await addUpdate(db, OPEN, NOON, { seq })
            publisher.kick()
          }
          atWork -= 1
          return plain.render(route, data, language)
        },
      },
      target: folderTarget(await temporaryFolder()),
      address: ADDRESS,
      pollEvery: 3_600_000,
      onRun: runs.onRun,
    })
    for (let run = 0; run < 4; run += 1) expect((await runs.next()).state).toBe('published')
    await publisher.stop()
    expect(most).toBe(1)
  })

  it('tells of failures and tries again', async () => {
    const runs = makeRuns()
    const troubles: unknown[] = []
    let broken = true
    const target = folderTarget(await temporaryFolder())
    const publisher = startPublisher({
      db,
      renderer: plainRenderer(),
      target: {
        ...target,
        write: (...asked) => (broken ? Promise.reject(new Error('no space left')) : target.write(...asked)),
      },
      address: ADDRESS,
      pollEvery: 1,
      onRun: (run) => {
        if (run.state === 'failed') broken = false
        runs.onRun(run)
      },
      onTrouble: (error) => troubles.push(error),
    })
    expect(await runs.next()).toMatchObject({ state: 'failed', trouble: 'no space left' })
    expect((await runs.next()).state).toBe('published')
    await publisher.stop()
    expect(troubles).toEqual([])
  })

  it('is not delayed by another whose folder hangs, and that one catches up when it answers again', async () => {
    const folders = [await temporaryFolder(), await temporaryFolder()]
    const hanging = join(folders[1]!, '.sitrep', 'manifest.json')
    await mkdir(dirname(hanging))
    // Whoever opens a pipe waits until somebody writes into it, as with a network share that is gone.
    execFileSync('mkfifo', [hanging])
    const memo = makeMemo()
    const targets = folders.map(folderThread)
    const runs = targets.map(makeRuns)
    const publishers = targets.map((target, index) =>
      startPublisher({
        db,
        renderer: plainRenderer(),
        target,
        address: ADDRESS,
        memo,
        pollEvery: 3_600_000,
        onRun: runs[index]!.onRun,
      }),
    )
    expect((await runs[0]!.next()).state).toBe('published')
    await addUpdate(db, OPEN, NOON, { seq: 9 })
    for (const publisher of publishers) publisher.kick()
    expect((await runs[0]!.next()).written).toContain('index.html')
    expect(await readFile(join(folders[0]!, 'index.html'), 'utf8')).toContain('Word 9')
    await writeFile(hanging, '')
    expect((await runs[1]!.next()).state).toBe('published')
    expect(await readFile(join(folders[1]!, 'index.html'), 'utf8')).toContain('Word 9')
    await Promise.all(publishers.map((publisher) => publisher.stop()))
    await Promise.all(targets.map((target) => target.close()))
  })
})
