import { setTimeout as pause } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { closeDatabase, openDatabase } from '../../db/client.ts'
import { listen } from '../../db/queries/wake.ts'
import type { PublicPages } from '../domain/pages.ts'
import { makeMemo } from './memo.ts'
import { type PressRoomNews, type PressRoomOrder, STOP } from './press-room.ts'
import { startPublisher } from './publishing.ts'
import { openCompiled } from './renderer.ts'
import { folderThread } from './targets/thread.ts'

/** The other end of `openPressRoom`: a publisher for each folder, which share what they read and make. */
const { connection, name, site, address, folders } = workerData as PressRoomOrder

/** Of a publisher: the one that holds its lock, and the one that reads. */
const CONNECTIONS = 2
/** Files in hand get this long at the end, in milliseconds; a folder that hangs gets no longer. */
const LAST_FILES = 4_000

const tell = (news: PressRoomNews): void => parentPort!.postMessage(news)
const db = openDatabase(connection, name, folders.length * CONNECTIONS)
const memo = makeMemo()
const renderer = { ...site, render: await openCompiled<PublicPages>(site.directory) }

const publishers = folders.map((folder) => {
  const target = folderThread(folder)
  const publisher = startPublisher({
    db,
    renderer,
    target,
    address,
    announced: true,
    memo,
    onPlaced: ({ revision }) => tell({ kind: 'placed', folder, revision }),
    onPolished: (path) => tell({ kind: 'polished', folder, path }),
    onRun: ({ state, revision, manifest, trouble, changes }) =>
      tell({ kind: 'run', folder, run: { state, revision, manifest, trouble, changes } }),
    onTrouble: (error) => tell({ kind: 'trouble', folder, error }),
  })
  return { ...publisher, close: () => publisher.stop().then(target.close) }
})

const deaf = await listen(db, (what) => {
  if (what === 'publish') for (const publisher of publishers) publisher.kick()
})

parentPort!.on('message', async (word) => {
  if (word !== STOP) return
  const closed = Promise.all(publishers.map((publisher) => publisher.close()))
  await Promise.race([closed, pause(LAST_FILES)])
  await deaf().catch(() => {})
  await closeDatabase(db)
  process.exit()
})
