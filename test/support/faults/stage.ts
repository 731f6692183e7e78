import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { closeDatabase, type Database, openDatabase } from '../../../db/client.ts'
import { SECRETS, setUpNorthwind } from '../acting.ts'
import { freePort } from '../port.ts'
import { carriedBy } from '../service.ts'
import { openSmtp, type TestSmtp } from '../smtp.ts'
import { openTwilio, type TestTwilio } from '../twilio.ts'
import type { Cluster } from './cluster.ts'
import { type SmallDisk, smallDisk } from './disk.ts'
import { type Worker, worker } from './worker.ts'

/** How a stage is built; runs that need the same one play on it one after the other. */
export interface Plan {
  /** Processes that deliver. */
  workers: 1 | 2
  /** What the first of them does. */
  roles: 'worker' | 'web,worker'
  /** Where mail and SMS go: to servers, or into files on a small disk. */
  carriers: 'servers' | 'mailbox'
}

/** A database, processes of the service, and the servers that they send to. */
export interface Stage {
  plan: Plan
  db: Database
  cluster: Cluster
  workers: Worker[]
  /** SMTP_CONNECTIONS of each process. */
  connections: number
  smtp: TestSmtp
  twilio: TestTwilio
  /** The disk of the first process; null where it lives on a common one. */
  disk: SmallDisk | null
  /** Milliseconds by which the database's clock is moved. */
  movedBy: number
  /** What the processes have printed. */
  printed(): string
  close(): Promise<void>
}

const CONNECTIONS = 5

export async function openStage(cluster: Cluster, plan: Plan): Promise<Stage> {
  const { name, url, connection } = await cluster.database()
  const db = openDatabase(connection, 'sitrep test', 4)
  await setUpNorthwind(db)
  const folder = await mkdtemp('/tmp/sitrep-faults-')
  await chmod(folder, 0o755)
  const [smtp, twilio] = await Promise.all([openSmtp(), openTwilio()])
  const workers = await openWorkers(db, folder, plan, {
    ...(plan.carriers === 'servers' ? carriedBy(smtp, twilio) : {}),
    SMTP_CONNECTIONS: String(CONNECTIONS),
    SMS_SEGMENTS_PER_SECOND: '100',
    DATABASE_URL: url,
    SECRET: SECRETS.join(','),
  })
  const disk = plan.carriers === 'mailbox' ? await smallDisk(workers[0]!.dataDir) : null
  const stage: Stage = {
    ...{ plan, db, cluster, workers, connections: CONNECTIONS, smtp, twilio, disk, movedBy: 0 },
    printed: () => workers.map((each) => each.printed()).join('\n'),
    async close() {
      await Promise.all(workers.map((each) => each.kill()))
      await Promise.all([smtp.close(), twilio.close()])
      await closeDatabase(db)
      await cluster.drop(name)
      await disk?.remove()
      await rm(folder, { recursive: true, force: true })
    },
  }
  twilio.now = () => new Date(Date.now() + stage.movedBy)
  await Promise.all(workers.map((each) => each.start()))
  return stage
}

/** All say that page and doors are the first one's. */
async function openWorkers(db: Database, folder: string, plan: Plan, settings: Record<string, string>) {
  const ports = [await freePort(), await freePort()]
  const roles = [plan.roles, 'worker'].slice(0, plan.workers)
  return Promise.all(
    roles.map(async (ROLES, index) => {
      const dataDir = join(folder, String(index + 1))
      await mkdir(dataDir)
      const PUBLIC_URL = `http://localhost:${ports[0]}`
      return worker(db, dataDir, { ...settings, ROLES, PUBLIC_URL, PORT: String(ports[index]) })
    }),
  )
}
