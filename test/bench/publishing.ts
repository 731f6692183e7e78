import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Acting, SYSTEM } from '../../api/actions/acting.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import { databaseClock } from '../../api/clock.ts'
import { readConfig } from '../../api/config.ts'
import { silentLog } from '../../api/log.ts'
import { makeMemo } from '../../api/publish/memo.ts'
import { type Publication, publish } from '../../api/publish/publisher.ts'
import { startPublisher } from '../../api/publish/publishing.ts'
import { loadRenderer, type Renderer } from '../../api/publish/renderer.ts'
import { folderThread } from '../../api/publish/targets/thread.ts'
import { openServiceDatabase } from '../../api/service/database.ts'
import { loadTemplates } from '../../api/templates.ts'
import type { Database } from '../../db/client.ts'
import { listen } from '../../db/queries/wake.ts'
import { fillHistory } from './history.ts'
import { type Row, share, spread } from './row.ts'

const ROOT = join(import.meta.dirname, '../..')
const ADDRESS = { publicUrl: 'https://status.example.com', apiUrl: 'https://console.example.com' }
const POSTS = 60
const WARM_UP = 10
const FEW = 100
const MANY = 10_000

interface Measured {
  /** From the commit of a post until every file of both targets is in place, in milliseconds. */
  posts: number[]
  /** Everything anew, in seconds, and the most memory it took, in MiB. */
  rebuild: number
  memory: number
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
    {
      what: `everything anew, ${MANY} incidents (${many.files} files)`,
      figure: `${many.rebuild.toFixed(1)} s`,
      limit: '30 s',
    },
    {
      what: `memory at its most while everything is made anew: ${FEW}, ${MANY} incidents`,
      figure: `${few.memory.toFixed(0)}, ${many.memory.toFixed(0)} MiB`,
      limit: 'flat',
    },
  ]
}

async function measure(incidents: number): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'sitrep-bench-'))
  await chmod(folder, 0o755)
  const config = readConfig({ DATA_DIR: folder })
  const { db, close } = await openServiceDatabase(config, silentLog(), () => {})
  try {
    await fillHistory(db, incidents)
    const renderer = await loadRenderer(ROOT)
    const rebuild = await measureRebuild(db, renderer, join(folder, 'site'))
    return { ...rebuild, posts: await measurePosts(db, renderer, [join(folder, 'site'), join(folder, 'further')]) }
  } finally {
    await close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function measureRebuild(db: Database, renderer: Renderer, folder: string): Promise<Omit<Measured, 'posts'>> {
  let memory = 0
  const watch = setInterval(() => {
    memory = Math.max(memory, process.memoryUsage().rss / 2 ** 20)
  }, 50)
  const began = performance.now()
  const target = folderThread(folder)
  const { written, state, trouble } = await publish({ db, renderer, target, address: ADDRESS })
  const rebuild = (performance.now() - began) / 1000
  clearInterval(watch)
  await target.close()
  if (state !== 'published') throw new Error(`The site could not be published: ${trouble}`)
  return { rebuild, memory, files: written.length }
}

/** Posts go one after another to an open incident, the way a commander's do, beside publishers as the service has them. */
async function measurePosts(db: Database, renderer: Renderer, folders: string[]): Promise<number[]> {
  const memo = makeMemo()
  const shown = makeShown(folders.length)
  const targets = folders.map(folderThread)
  const publishers = targets.map((target, index) =>
    startPublisher({
      db,
      renderer,
      target,
      address: ADDRESS,
      memo,
      onPlaced: ({ revision }) => shown.tell(index, revision),
      onRun: failOnTrouble,
      onTrouble: (error) => {
        throw error
      },
    }),
  )
  const deaf = await listen(db, (what) => {
    if (what === 'publish') for (const publisher of publishers) publisher.kick()
  })
  const acting = actingOn(db)
  const components = ['cmp000000001', 'cmp000000002'].map((id) => ({ id }))
  const { id } = await openIncident(acting, { title: 'Sign-in fails', severity: 'SEV1', body: 'It fails.', components })
  await shown.everywhere(db)
  const posts: number[] = []
  for (let n = 0; n < WARM_UP + POSTS; n += 1) {
    await postUpdate(acting, id, { body: `Measured word number ${n}. We are rolling the change back.` })
    const began = performance.now()
    await shown.everywhere(db)
    if (n >= WARM_UP) posts.push(performance.now() - began)
  }
  await deaf()
  await Promise.all(publishers.map((publisher) => publisher.stop()))
  await Promise.all(targets.map((target) => target.close()))
  return posts
}

const actingOn = (db: Database): Acting => ({
  db,
  clock: databaseClock,
  templates: loadTemplates(join(ROOT, 'templates')),
  secrets: ['bench'],
  urls: { site: ADDRESS.publicUrl, api: ADDRESS.apiUrl },
  actor: SYSTEM,
})

function failOnTrouble({ state, trouble }: Publication): void {
  if (state === 'failed') throw new Error(`A target could not be published: ${trouble}`)
}

/** Which revision each target shows. */
function makeShown(targets: number) {
  const revisions = new Array<number>(targets).fill(0)
  let look = () => {}
  return {
    tell(index: number, revision: number) {
      revisions[index] = revision
      look()
    },
    async everywhere(db: Database): Promise<void> {
      const [row] = await db.execute<{ revision: number }>('select revision from site_revision')
      await new Promise<void>((resolve) => {
        look = () => {
          if (revisions.every((revision) => revision >= row!.revision)) resolve()
        }
        look()
      })
    },
  }
}
