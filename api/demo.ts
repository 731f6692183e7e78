import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from './config.ts'
import { northwind } from './demo/story.ts'
import { tell } from './demo/tell.ts'
import { runUntilSignal } from './run.ts'

/** Anybody may know it: the demo listens on loopback and its data are thrown away. */
const PASSWORD = 'northwind-demo'

/** `npm run demo`: the service in a throw-away folder, with a believable company and a SEV2 under way. */
const folder = await mkdtemp(join(tmpdir(), 'sitrep-demo-'))
// Started by root, the database runs as a user of its own, who must be able to enter: then it lies in here and goes with it.
await chmod(folder, 0o755)
const story = northwind()
await runUntilSignal({
  config: () => {
    const config = readConfig()
    const data = { ...config.data, folder, site: join(folder, 'site'), mailbox: join(folder, 'mailbox') }
    return { ...config, data, secrets: { ...config.secrets, databaseUrl: null } }
  },
  seed: (acting) => tell(acting, story, PASSWORD),
  ready: () => `Sign in as ${story.admin.email} with the password ${PASSWORD}\n`,
  after: () => rm(folder, { recursive: true, force: true }),
})
