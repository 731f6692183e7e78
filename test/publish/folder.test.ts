import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Manifest, Superseded } from '../../api/publish/target.ts'
import { folderTarget } from '../../api/publish/targets/folder.ts'
import { temporaryFolder } from '../support/published.ts'

const edition = (revision: number) => ({ page: 'northwind000', revision })
const sealed = (revision: number): Manifest => ({ ...edition(revision), build: 'b', files: {} })
const bytes = (text: string) => Buffer.from(text)

describe('a folder as a target', () => {
  it('holds a file whole, in folders that it makes itself', async () => {
    const folder = await temporaryFolder()
    expect(await folderTarget(folder).write('incidents/x/index.html', bytes('<p>'), edition(1))).toBe(true)
    expect(await readFile(join(folder, 'incidents/x/index.html'), 'utf8')).toBe('<p>')
  })

  it('does not touch a file that has these bytes already', async () => {
    const folder = await temporaryFolder()
    const target = folderTarget(folder)
    await target.write('index.html', bytes('same'), edition(1))
    const mark = async () => {
      const { ino, mtimeNs } = await stat(join(folder, 'index.html'), { bigint: true })
      return { ino, mtimeNs }
    }
    const before = await mark()
    expect(await target.write('index.html', bytes('same'), edition(2))).toBe(false)
    expect(await mark()).toEqual(before)
  })

  it('never lets an older edition replace a newer one, file or manifest', async () => {
    const folder = await temporaryFolder()
    const target = folderTarget(folder)
    await target.write('index.html', bytes('new'), edition(5))
    await target.seal(sealed(5))
    const slow = folderTarget(folder)
    await expect(slow.write('index.html', bytes('old'), edition(4))).rejects.toThrow(Superseded)
    await expect(slow.seal(sealed(4))).rejects.toThrow(Superseded)
    expect(await readFile(join(folder, 'index.html'), 'utf8')).toBe('new')
    expect((await slow.manifest())!.revision).toBe(5)
  })

  it('takes no heed of the revisions of another organisation', async () => {
    const folder = await temporaryFolder()
    await folderTarget(folder).seal(sealed(900))
    expect(await folderTarget(folder).write('index.html', bytes('ours'), { page: 'another00000', revision: 1 })).toBe(
      true,
    )
  })

  it('keeps the last version whole when a write fails, and leaves nothing half-written behind', async () => {
    const folder = await temporaryFolder()
    const target = folderTarget(folder)
    await target.write('index.html', bytes('whole'), edition(1))
    await mkdir(join(folder, 'blocked/index.html/inside'), { recursive: true })
    await expect(target.write('blocked/index.html', bytes('x'), edition(2))).rejects.toThrow()
    expect(await readFile(join(folder, 'index.html'), 'utf8')).toBe('whole')
    expect(await readdir(join(folder, '.sitrep/growing'))).toEqual([])
  })

  it('clears away what a killed publisher left half-grown', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, '.sitrep/growing'), { recursive: true })
    await writeFile(join(folder, '.sitrep/growing/half'), 'ha')
    await folderTarget(folder).seal(sealed(1))
    expect(await readdir(join(folder, '.sitrep/growing'))).toEqual([])
  })

  it('counts a manifest that makes no sense as none', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, '.sitrep'))
    for (const text of ['', '{', 'null', '{"revision":"1"}']) {
      await writeFile(join(folder, '.sitrep/manifest.json'), text)
      expect(await folderTarget(folder).manifest()).toBeNull()
    }
  })

  it('makes files that any web server may read', async () => {
    const folder = await temporaryFolder()
    await chmod(folder, 0o755)
    await folderTarget(folder).write('i/x/index.html', bytes('x'), edition(1))
    expect((await stat(join(folder, 'i/x/index.html'))).mode & 0o777).toBe(0o644)
  })
})
