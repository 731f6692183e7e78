import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Manifest, type ReadyFile, Superseded } from '../../api/publish/target.ts'
import { folderTarget } from '../../api/publish/targets/folder.ts'
import { temporaryFolder } from '../support/published.ts'

const NOON = new Date('2026-11-12T12:00:00.000Z')
const edition = (revision: number) => ({ page: 'northwind000', revision })
const sealed = (revision: number): Manifest => ({ ...edition(revision), build: 'b' })
const file = (path: string, text: string, own: Partial<ReadyFile> = {}): ReadyFile => ({
  path,
  body: Buffer.from(text),
  changedAt: NOON,
  br: null,
  ...own,
})
const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )

describe('a folder as a target', () => {
  it('holds a file whole, in folders that it makes itself', async () => {
    const folder = await temporaryFolder()
    expect(await folderTarget(folder).write([file('incidents/x/index.html', '<p>')], edition(1))).toEqual([
      'incidents/x/index.html',
    ])
    expect(await readFile(join(folder, 'incidents/x/index.html'), 'utf8')).toBe('<p>')
  })

  it('does not touch a file that has these bytes already', async () => {
    const folder = await temporaryFolder()
    const target = folderTarget(folder)
    await target.write([file('index.html', 'same')], edition(1))
    const mark = async () => {
      const { ino, mtimeNs } = await stat(join(folder, 'index.html'), { bigint: true })
      return { ino, mtimeNs }
    }
    const before = await mark()
    expect(await target.write([file('index.html', 'same')], edition(2))).toEqual([])
    expect(await mark()).toEqual(before)
  })

  it('gives a file the time of its change, and new bytes always a later second', async () => {
    const folder = await temporaryFolder()
    const target = folderTarget(folder)
    const time = async () => (await stat(join(folder, 'index.html'))).mtime.toISOString()
    await target.write([file('index.html', 'one', { changedAt: new Date('2026-11-12T12:00:00.700Z') })], edition(1))
    expect(await time()).toBe('2026-11-12T12:00:00.000Z')
    await target.write([file('index.html', 'two')], edition(2))
    expect(await time()).toBe('2026-11-12T12:00:01.000Z')
  })

  it('never leaves a compressed twin of other bytes beside a file', async () => {
    const folder = await temporaryFolder()
    const target = folderTarget(folder)
    await target.write([file('index.html', 'one', { br: Buffer.from('ONE') })], edition(1))
    await target.polish('index.html', Buffer.from('one'), { br: Buffer.from('1'), gz: Buffer.from('I') })
    expect(await readFile(join(folder, 'index.html.br'), 'utf8')).toBe('1')
    await target.polish('index.html', Buffer.from('older'), { br: Buffer.from('0'), gz: Buffer.from('0') })
    expect(await readFile(join(folder, 'index.html.gz'), 'utf8')).toBe('I')
    await target.write([file('index.html', 'two')], edition(2))
    expect(await exists(join(folder, 'index.html.br'))).toBe(false)
    expect(await exists(join(folder, 'index.html.gz'))).toBe(false)
  })

  it('never lets an older edition replace a newer one, from the moment that one has begun', async () => {
    const folder = await temporaryFolder()
    const target = folderTarget(folder)
    await target.begin(edition(5))
    await target.write([file('index.html', 'new')], edition(5))
    const slow = folderTarget(folder)
    await expect(slow.begin(edition(4))).rejects.toThrow(Superseded)
    await expect(slow.write([file('index.html', 'old')], edition(4))).rejects.toThrow(Superseded)
    await expect(slow.seal(sealed(4), edition(4))).rejects.toThrow(Superseded)
    await target.seal(sealed(5), edition(5))
    expect(await readFile(join(folder, 'index.html'), 'utf8')).toBe('new')
    expect((await slow.manifest())!.revision).toBe(5)
  })

  it('takes no heed of the revisions of another organisation', async () => {
    const folder = await temporaryFolder()
    await folderTarget(folder).begin(edition(900))
    const ours = { page: 'another00000', revision: 1 }
    expect(await folderTarget(folder).write([file('index.html', 'ours')], ours)).toEqual(['index.html'])
  })

  it('has one key however it is reached, and another folder has another', async () => {
    const folder = await temporaryFolder()
    const keys = await Promise.all([folderTarget(folder), folderTarget(`${folder}/.`)].map((target) => target.key()))
    expect(keys[0]).toBe(keys[1])
    expect(await folderTarget(await temporaryFolder()).key()).not.toBe(keys[0])
  })

  it('keeps the last version whole when a write fails, and leaves nothing half-written behind', async () => {
    const folder = await temporaryFolder()
    const target = folderTarget(folder)
    await target.write([file('index.html', 'whole')], edition(1))
    await mkdir(join(folder, 'blocked/index.html/inside'), { recursive: true })
    await expect(target.write([file('blocked/index.html', 'x')], edition(2))).rejects.toThrow()
    expect(await readFile(join(folder, 'index.html'), 'utf8')).toBe('whole')
    expect(await readdir(join(folder, '.sitrep/growing'))).toEqual([])
  })

  it('clears away what a killed publisher left half-grown', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, '.sitrep/growing'), { recursive: true })
    await writeFile(join(folder, '.sitrep/growing/half'), 'ha')
    await folderTarget(folder).begin(edition(1))
    expect(await readdir(join(folder, '.sitrep/growing'))).toEqual([])
  })

  it('counts a manifest that makes no sense as none', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, '.sitrep'))
    for (const text of ['', '{', 'null', '{"revision":"1"}', '{"revision":1,"page":"x"}']) {
      await writeFile(join(folder, '.sitrep/manifest.json'), text)
      expect(await folderTarget(folder).manifest()).toBeNull()
    }
  })

  it('shows a sign of life once a minute, which tells the minute alone, and at every revision', async () => {
    const folder = await temporaryFolder()
    const target = folderTarget(folder)
    const read = async () => JSON.parse(await readFile(join(folder, 'heartbeat.json'), 'utf8'))
    await target.beat(new Date('2026-11-12T12:00:05.000Z'), 7)
    await target.beat(new Date('2026-11-12T12:00:59.000Z'), 7)
    expect(await read()).toEqual({ as_of: '2026-11-12T12:00:00.000Z', revision: 7 })
    expect((await stat(join(folder, 'heartbeat.json'))).mtime).toEqual(new Date('2026-11-12T12:00:00.000Z'))
    await target.beat(new Date('2026-11-12T12:00:59.500Z'), 8)
    expect((await read()).revision).toBe(8)
    await target.beat(new Date('2026-11-12T12:01:00.000Z'), 8)
    expect((await read()).as_of).toBe('2026-11-12T12:01:00.000Z')
  })

  it('makes files that any web server may read', async () => {
    const folder = await temporaryFolder()
    await chmod(folder, 0o755)
    await folderTarget(folder).write([file('i/x/index.html', 'x')], edition(1))
    expect((await stat(join(folder, 'i/x/index.html'))).mode & 0o777).toBe(0o644)
  })
})
