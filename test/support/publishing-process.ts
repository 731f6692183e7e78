/** Run by tests as a process of its own: publishes once into a folder and says before each file that it begins with it. */
import { join } from 'node:path'
import { publish } from '../../api/publish/publisher.ts'
import { loadRenderer } from '../../api/publish/renderer.ts'
import { folderTarget } from '../../api/publish/targets/folder.ts'
import { type Connection, closeDatabase, openDatabase } from '../../db/client.ts'
import { ADDRESS } from './snapshots.ts'

const [connection = '', folder = ''] = process.argv.slice(2)
const db = openDatabase(JSON.parse(connection) as Connection, 'sitrep publishing test', 3)
const renderer = await loadRenderer(join(import.meta.dirname, '../..'))
const target = folderTarget(folder)
const { state, trouble } = await publish({
  db,
  renderer,
  address: ADDRESS,
  target: {
    ...target,
    async write(files, edition) {
      const written: string[] = []
      for (const file of files) {
        process.stdout.write(`begins ${file.path}\n`)
        written.push(...(await target.write([file], edition)))
      }
      return written
    },
    seal(manifest, edition) {
      process.stdout.write('begins manifest\n')
      return target.seal(manifest, edition)
    },
  },
})
process.stdout.write(`${JSON.stringify({ state, trouble })}\n`)
await closeDatabase(db)
