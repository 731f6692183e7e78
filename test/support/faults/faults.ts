import { setTimeout as pause } from 'node:timers/promises'
import type { Chance } from '../seeded.ts'
import { held } from './ledger.ts'
import { moment } from './moments.ts'
import type { Scene } from './scene.ts'
import { blackHole, calmDown, mailTrouble, slowDown, textTrouble } from './servers.ts'
import type { Plan } from './stage.ts'
import type { Worker } from './worker.ts'

/** One way in which the world fails while a story is told. */
export interface Fault extends Partial<Plan> {
  name: string
  /** Seconds for which somebody alive may have a message in hand while it lasts; else 10. */
  holding?: number
  /** Whether it harms PostgreSQL itself, which no other run may share then. */
  crashes?: true
  /** Strikes at a moment of chance; resolves when everything runs again. */
  strike(scene: Scene, chance: Chance): Promise<unknown>
}

/** Longer than one attempt may take (standards R5), so that nothing but the lease is left of who was halted, in milliseconds. */
const HALTED = 31_000
/** Whoever is at work brings a message to its end within this, in milliseconds. */
const WHILE = 300
const MOST_TRIES = 15
/** Seconds for which a slow server may keep a message in hand: up to its lease. */
const LEASE = 45

/** kill -9 of the only process: everything in hand is orphaned. */
async function killAlone(scene: Scene): Promise<void> {
  const [worker] = scene.workers
  await worker!.kill()
  await worker!.forgotten()
  scene.bury(await scene.doubt())
  await worker!.start()
}

/** kill -9 of one process while the other goes on. */
async function killOneOfTwo(scene: Scene, { oneOf }: Chance): Promise<void> {
  const worker = oneOf(scene.workers)
  await worker.kill()
  await worker.forgotten()
  await scene.doubt()
  await worker.start()
}

async function crashDatabase({ cluster }: Scene, { between, oneOf }: Chance): Promise<void> {
  await cluster.crash()
  await pause(oneOf([0, between(100, 3_000)]))
  await cluster.start()
}

/** SIGSTOP past the lease: somebody else takes over and ends it, then the halted one goes on where it stood. */
async function haltPastLease(scene: Scene): Promise<void> {
  const halted = scene.workers[1]!
  await haltAtWork(scene, halted)
  await scene.doubt()
  await pause(HALTED)
  await scene.said(scene.story.words.length)
  await scene.settled()
  halted.resume()
}

/** Halts a worker that has messages in hand: what stays as it was for a while is its own. */
async function haltAtWork({ db }: Scene, worker: Worker): Promise<void> {
  const sending = async () => (await held(db)).filter(({ state }) => state === 'sending').map(({ claim }) => claim)
  for (let tries = 1; ; tries += 1) {
    await pause(20)
    worker.pause()
    const before = await sending()
    await pause(WHILE)
    const after = new Set(await sending())
    if (tries === MOST_TRIES || before.some((claim) => after.has(claim))) return
    worker.resume()
  }
}

/** A disk that fills up and is emptied; where none could be mounted, no file may grow for a while. */
async function fillDisk({ disk, workers, said, story }: Scene, { between }: Chance): Promise<void> {
  const [worker] = workers
  await said(between(1, story.words.length))
  const fullFor = between(500, 4_000)
  if (disk) {
    await disk.fill()
    await pause(fullFor)
    await disk.clear()
    return
  }
  await worker!.stop()
  await worker!.startWithoutRoom()
  await pause(fullFor)
  await worker!.stop()
  await worker!.start()
}

/** Every fault of standards R21 and its kin. Which one a run meets follows from its seed. */
export const FAULTS: readonly Fault[] = [
  {
    name: 'kill -9 of the only worker',
    async strike(scene, chance) {
      await moment(scene, chance)
      await killAlone(scene)
    },
  },
  {
    name: 'SMTP dropped before the final dot',
    async strike(scene, chance) {
      await moment(scene, chance)
      mailTrouble(scene, chance.between(1, 12), 'data_start', { drop: true })
    },
  },
  {
    name: 'kill -9 of PostgreSQL (immediate)',
    crashes: true,
    async strike(scene, chance) {
      await moment(scene, chance)
      await crashDatabase(scene, chance)
      await scene.doubt()
    },
  },
  {
    name: 'Twilio 500 after accepting',
    async strike(scene, chance) {
      await moment(scene, chance)
      textTrouble(scene, chance.between(1, 8), 1, { afterAccepting: { status: 500, code: 20500 } })
    },
  },
  {
    name: 'worker paused past its lease',
    workers: 2,
    async strike(scene, chance) {
      await scene.said(chance.between(1, 2))
      await haltPastLease(scene)
    },
  },
  {
    name: 'SMTP dropped after the final dot',
    async strike(scene, chance) {
      await moment(scene, chance)
      mailTrouble(scene, chance.between(1, 2 * scene.connections), 'after_dot', { drop: true })
    },
  },
  {
    name: 'kill -9 of one of two workers',
    workers: 2,
    async strike(scene, chance) {
      await moment(scene, chance)
      await killOneOfTwo(scene, chance)
    },
  },
  {
    name: 'slow receivers',
    holding: LEASE,
    async strike(scene, chance) {
      await moment(scene, chance)
      slowDown(scene, chance)
    },
  },
  {
    name: 'SMTP 4xx storm',
    async strike(scene, chance) {
      await moment(scene, chance)
      const [step, code] = chance.oneOf([
        ['rcpt', 450],
        ['rcpt', 451],
        ['data', 451],
        ['data', 452],
      ] as const)
      mailTrouble(scene, chance.between(5, 60), step, { code, message: `${code} 4.3.0 try again later` })
    },
  },
  {
    name: 'full disk',
    carriers: 'mailbox',
    roles: 'web,worker',
    strike: fillDisk,
  },
  {
    name: 'Twilio timeout after accepting',
    holding: LEASE,
    async strike(scene, chance) {
      await moment(scene, chance)
      textTrouble(scene, chance.between(1, 4), 1, { silent: true, accept: true })
    },
  },
  {
    name: 'kill -9 of PostgreSQL and worker together',
    crashes: true,
    async strike(scene, chance) {
      await moment(scene, chance)
      const [worker] = scene.workers
      await Promise.all([scene.cluster.crash(), worker!.kill()])
      await scene.cluster.start()
      scene.bury(await scene.doubt())
      await worker!.start()
    },
  },
  {
    name: 'SMTP 421 storm',
    async strike(scene, chance) {
      await moment(scene, chance)
      const step = chance.oneOf(['greeting', 'mail', 'rcpt'] as const)
      mailTrouble(scene, chance.between(2, 25), step, { code: 421, message: '421 4.3.2 shutting down' })
    },
  },
  {
    name: 'two workers at once',
    workers: 2,
    strike: async () => {},
  },
  {
    name: 'Twilio 429',
    async strike(scene, chance) {
      await moment(scene, chance)
      textTrouble(scene, chance.between(2, 40), 2, { status: 429, code: 20429, message: 'Too many requests' })
    },
  },
  {
    name: 'black-hole receivers',
    holding: LEASE,
    async strike(scene, chance) {
      await moment(scene, chance)
      blackHole(scene)
      await pause(chance.between(1_000, 8_000))
      calmDown(scene)
    },
  },
  {
    name: 'kill -9 with slow receivers',
    async strike(scene, chance) {
      slowDown(scene, chance)
      await moment(scene, chance)
      await killAlone(scene)
      calmDown(scene)
    },
  },
  {
    name: 'a worker restarted in its turn',
    workers: 2,
    async strike(scene, chance) {
      await moment(scene, chance)
      const worker = chance.oneOf(scene.workers)
      await worker.stop()
      await worker.start()
    },
  },
]
