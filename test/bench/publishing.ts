import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Acting, SYSTEM } from '../../api/actions/acting.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import { databaseClock } from '../../api/clock.ts'
import { readConfig } from '../../api/config.ts'
import { silentLog } from '../../api/log.ts'
import { openPressRoom, type PressRoom, type PressRoomOrder } from '../../api/publish/press-room.ts'
import { buildSiteIfStale } from '../../api/publish/renderer.ts'
import { folderTarget } from '../../api/publish/targets/folder.ts'
import { openServiceDatabase } from '../../api/service/database.ts'
import { loadTemplates } from '../../api/templates.ts'
import type { Database } from '../../db/client.ts'
import { wake } from '../../db/queries/wake.ts'
import { fillHistory } from './history.ts'
import { type Row, share, spread } from './row.ts'

const ROOT = join(import.meta.dirname, '../..')
const ADDRESS = { publicUrl: 'https://status.example.com', apiUrl: 'https://console.example.com' }
const POSTS = 60
const WARM_UP = 10
const FEW = 100
const MANY = 10_000

interface Measured {
  /** From the commit of a post until every file of both targets is in place, in milliseconds; each once the last is sealed. */
  posts: number[]
  /** The same of posts that wait for no seal: each is committed as soon as the files of the one before are in place. */
  inARow: number[]
  /** Everything anew, in seconds, and the memory of the process before it and at its most, in MiB. */
  rebuild: number
  before: number
  most: number
  files: number
}

/** What publishing costs with little and with much history, in one run. */
export async function publishingRows(): Promise<Row[]> {
  const few = await measure(FEW)
  const many = await measure(MANY)
  const ratio = share(many.posts, 0.95) / share(few.posts, 0.95)
  return [
    { what: `commit → all files of two targets, ${FEW} incidents`, figure: spread(few.posts), limit: '' },
    { what: `commit → all files of two targets, ${MANY} incidents`, figure: spread(many.posts), limit: 'p95 100 ms' },
    { what: `p95 at ${MANY} ÷ p95 at ${FEW}`, figure: ratio.toFixed(2), limit: '1.3' },
    { what: `the same, one right after another, ${FEW} incidents`, figure: spread(few.inARow), limit: '' },
    { what: `the same, one right after another, ${MANY} incidents`, figure: spread(many.inARow), limit: '' },
    {
      what: `everything anew, ${MANY} incidents (${many.files} files)`,
      figure: `${many.rebuild.toFixed(1)} s`,
      limit: '30 s',
    },
    {
      what: `memory before and at its most while everything is made anew, ${FEW} incidents`,
      figure: memory(few),
      limit: '',
    },
    {
      what: `the same, ${MANY} incidents`,
      figure: memory(many),
      limit: '+150 MiB',
    },
  ]
}

const memory = ({ before, most }: Measured): string =>
  `${before.toFixed(0)} → ${most.toFixed(0)} MiB (+${(most - before).toFixed(0)}, × ${(most / before).toFixed(2)})`

async function measure(incidents: number): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'sitrep-bench-'))
  await chmod(folder, 0o755)
  const config = readConfig({ DATA_DIR: folder })
  const { db, connection, close } = await openServiceDatabase(config, silentLog(), () => {})
  try {
    const site = await buildSiteIfStale(ROOT)
    const folders = [join(folder, 'site'), join(folder, 'further')]
    const order = { connection, name: 'sitrep bench', site, address: ADDRESS, folders }
    const rebuild = await measureRebuild(db, order, folders[0]!, incidents)
    return { ...rebuild, ...(await measurePosts(db, order)) }
  } finally {
    await close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** The press room stands idle before an empty page; then a whole history is there at once, and everything is made anew. */
async function measureRebuild(
  db: Database,
  order: PressRoomOrder,
  folder: string,
  incidents: number,
): Promise<Omit<Measured, 'posts' | 'inARow'>> {
  const shown = makeShown([folder])
  const room = openWatched({ ...order, folders: [folder] }, shown)
  await shown.placed(db)
  const before = megabytes()
  let most = 0
  const watch = setInterval(() => {
    most = Math.max(most, megabytes())
  }, 50)
  await db.transaction(async (tx) => {
    await fillHistory(tx, incidents)
    await wake(tx, 'publish')
  })
  const began = performance.now()
  await shown.placed(db)
  const rebuild = (performance.now() - began) / 1000
  clearInterval(watch)
  await room.stop()
  return { rebuild, before, most, files: (await folderTarget(folder).list()).length }
}

/** A press room that ends the measuring when anything fails. */
function openWatched(order: PressRoomOrder, shown: Shown): PressRoom {
  const failed = (why: unknown) => {
    throw new Error(`A folder could not be published: ${why}`)
  }
  return openPressRoom(
    order,
    (news) => {
      if (news.kind === 'placed') shown.tell('placed', news.folder, news.revision)
      if (news.kind === 'trouble') failed(news.error)
      if (news.kind !== 'run') return
      if (news.run.state === 'failed') failed(news.run.trouble)
      if (news.run.state === 'published') shown.tell('sealed', news.folder, news.run.revision)
    },
    failed,
  )
}

const megabytes = (): number => process.memoryUsage.rss() / 2 ** 20

/** Posts to an open incident, the way a commander's are, beside the press room that the service has. */
async function measurePosts(db: Database, order: PressRoomOrder): Promise<Pick<Measured, 'posts' | 'inARow'>> {
  const shown = makeShown(order.folders)
  const room = openWatched(order, shown)
  const acting = actingOn(db)
  const components = ['cmp000000001', 'cmp000000002'].map((id) => ({ id }))
  const { id } = await openIncident(acting, { title: 'Sign-in fails', severity: 'SEV1', body: 'It fails.', components })
  await shown.placed(db)
  const post = async (body: string): Promise<number> => {
    await postUpdate(acting, id, { body })
    const began = performance.now()
    await shown.placed(db)
    return performance.now() - began
  }
  const posts: number[] = []
  for (let n = 0; n < WARM_UP + POSTS; n += 1) {
    const took = await post(`Measured word number ${n}. We are rolling the change back.`)
    if (n >= WARM_UP) posts.push(took)
    await shown.sealed(db)
  }
  const inARow: number[] = []
  for (let n = 0; n < POSTS; n += 1)
    inARow.push(await post(`Word in a row number ${n}. We are rolling the change back.`))
  await room.stop()
  return { posts, inARow }
}

const actingOn = (db: Database): Acting => ({
  db,
  clock: databaseClock,
  templates: loadTemplates(join(ROOT, 'templates')),
  secrets: ['bench'],
  urls: { site: ADDRESS.publicUrl, api: ADDRESS.apiUrl },
  webhookAllow: [],
  actor: SYSTEM,
})

type Step = 'placed' | 'sealed'
type Shown = ReturnType<typeof makeShown>

/** Of which revision each folder holds every file, and of which it has all on the disk and recorded. */
function makeShown(folders: readonly string[]) {
  const none = () => new Map(folders.map((folder) => [folder, -1]))
  const revisions = { placed: none(), sealed: none() }
  let look = () => {}
  const everywhere = async (step: Step, db: Database): Promise<void> => {
    const [row] = await db.execute<{ revision: number }>('select revision from site_revision')
    await new Promise<void>((resolve) => {
      look = () => {
        if ([...revisions[step].values()].every((revision) => revision >= row!.revision)) resolve()
      }
      look()
    })
  }
  return {
    tell(step: Step, folder: string, revision: number) {
      revisions[step].set(folder, revision)
      look()
    },
    placed: (db: Database) => everywhere('placed', db),
    sealed: (db: Database) => everywhere('sealed', db),
  }
}
