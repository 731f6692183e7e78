import { describe, expect, it } from 'vitest'
import { makeOutbox } from '../../api/publish/outbox.ts'
import type { ReadyFile } from '../../api/publish/target.ts'

const NOON = new Date('2026-11-12T12:00:00.000Z')
const file = (path: string, size = 1): ReadyFile => ({ path, body: new Uint8Array(size), changedAt: NOON, br: null })

describe('files on their way to a target', () => {
  it('go in the order in which they came, all that came in the meantime together', async () => {
    const batches: string[][] = []
    const outbox = makeOutbox(async (files) => {
      batches.push(files.map(({ path }) => path))
      if (batches.length === 1) await outbox.put(file('c'))
    })
    await outbox.put(file('a'))
    await outbox.put(file('b'))
    await outbox.delivered()
    expect(batches).toEqual([['a', 'b'], ['c']])
  })

  it('are never more than a few megabytes, however many there are: whoever makes them waits', async () => {
    const MEGABYTE = 2 ** 20
    let underWay = 0
    let most = 0
    const outbox = makeOutbox(async (files) => {
      await new Promise(setImmediate)
      underWay -= files.reduce((sum, { body }) => sum + body.length, 0)
    })
    for (let n = 0; n < 40; n += 1) {
      underWay += MEGABYTE
      most = Math.max(most, underWay)
      await outbox.put(file(`${n}`, MEGABYTE))
    }
    await outbox.delivered()
    expect(underWay).toBe(0)
    expect(most).toBeLessThanOrEqual(5 * MEGABYTE)
  })

  it('stop at the first that cannot be written, which whoever comes next is told', async () => {
    const written: string[] = []
    const outbox = makeOutbox(async ([first]) => {
      if (first!.path === 'b') throw new Error('no space left')
      written.push(first!.path)
    })
    await outbox.put(file('a'))
    await outbox.delivered()
    await outbox.put(file('b'))
    await expect(outbox.delivered()).rejects.toThrow('no space left')
    await expect(outbox.put(file('c'))).rejects.toThrow('no space left')
    await expect(outbox.delivered()).rejects.toThrow('no space left')
    expect(written).toEqual(['a'])
  })
})
