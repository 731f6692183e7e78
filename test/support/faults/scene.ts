import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { inArray, sql } from 'drizzle-orm'
import { expect, vi } from 'vitest'
import { isConnectionLost } from '../../../db/lost-connection.ts'
import { wake } from '../../../db/queries/wake.ts'
import { incidents, subscribers } from '../../../db/schema.ts'
import { follow } from '../killable.ts'
import { heardInMailbox, heardMail, heardText } from './heard.ts'
import { type Held, held, ledger, missingAndDouble, unfinished, waitedFor } from './ledger.ts'
import type { Stage } from './stage.ts'
import type { Story } from './story.ts'
import { type Telling, telling } from './telling.ts'
import { passTime } from './time.ts'
import type { Evidence } from './verdict.ts'

/** One run on a stage: its readers, its incidents, and what is known of its mail. */
export interface Scene extends Stage, Telling {
  story: Story
  /** Resolves when so many mails, or texts, of this run have been taken. */
  mails(count: number): Promise<unknown>
  texts(count: number): Promise<unknown>
  /** How many mails of this run have been taken. */
  mailsTaken(): number
  /** Mail whose fate nobody can know: it may arrive once more. */
  doubtful: Set<string>
  /** Of what is in hand at this moment, mail that is being sent may arrive once more; answers what is in hand. */
  doubt(): Promise<Held[]>
  /** Whoever held these is dead: no need to wait whether they go on. */
  bury(orphans: readonly Held[]): void
  /** Lets everything come to its end, moving the clock over all waits. */
  settled(): Promise<void>
  evidence(): Promise<Evidence>
  /** Lets the readers go, so that the next run has the stage to itself. */
  clear(): Promise<void>
}

const PATIENTLY = { timeout: 120_000, interval: 100 }
/** Milliseconds without any further message after which nobody is taken to have one in hand. */
const QUIET = 500

/** `holding`: seconds for which somebody alive may have a message in hand. */
export async function openScene(stage: Stage, story: Story, holding: number): Promise<Scene> {
  const { db, smtp, twilio, workers } = stage
  const before = { mails: smtp.received.length, texts: twilio.sent.length }
  await follow(db, [...story.mailboxes, ...story.phones])
  const [doubtful, orphans] = [new Set<string>(), new Set<string>()]
  const told = telling(db, story)
  const heardCount = () => smtp.received.length + twilio.sent.length
  const look = async () => {
    stage.movedBy = await passTime(db, holding, orphans)
    await wake(db, 'fan_out')
    await wake(db, 'deliver')
    expect(await unfinished(db)).toEqual({})
  }
  return {
    ...{ ...stage, ...told, story, doubtful },
    mails: (count) => smtp.waitFor(before.mails + count),
    texts: (count) => twilio.waitFor(before.texts + count),
    mailsTaken: () => smtp.received.length - before.mails,
    async doubt() {
      const rows = await untilBack(() => held(db))
      for (const { id, state, channel } of rows) if (state === 'sending' && channel === 'email') doubtful.add(id)
      return rows
    },
    bury(rows) {
      for (const { claim } of rows) orphans.add(claim)
    },
    async settled() {
      for (let heard = -1; heard !== heardCount(); await pause(QUIET)) {
        heard = heardCount()
        await vi.waitFor(look, PATIENTLY).catch(async (error) => {
          throw new Error(`${error.message} Still waited for: ${JSON.stringify(await waitedFor(db))}`, { cause: error })
        })
      }
    },
    async evidence() {
      const { dataDir } = workers[0]!
      const servers = {
        mails: smtp.received.slice(before.mails).map(heardMail),
        texts: twilio.sent.slice(before.texts).map(heardText),
      }
      const rows = await ledger(db, told.incidentIds)
      const files = () => heardInMailbox(join(dataDir, 'mailbox'), new Set(rows.map(({ id }) => id)))
      const heard = stage.plan.carriers === 'mailbox' ? await files() : servers
      return { rows, ...(await missingAndDouble(db, told.incidentIds)), ...heard, doubtful }
    },
    async clear() {
      const ended = { state: 'ended' as const, endedAt: sql`sitrep_now()` as never }
      await db.update(subscribers).set(ended)
      await db
        .update(incidents)
        .set({ nextRungAt: null, nextUpdateDueAt: null })
        .where(inArray(incidents.id, told.incidentIds))
      if (stage.disk) await emptied(join(workers[0]!.dataDir, 'mailbox'))
    },
  }
}

/** A small disk has room for the mail of a few runs, and not for that of all. */
async function emptied(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name))
}

/** Asks again while the database is away. */
async function untilBack<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!isConnectionLost(error)) throw error
    }
    await pause(20)
  }
}

/** Waits until the page of the first process shows the newest that was said. */
export const pageCurrent = ({ db, workers }: Stage): Promise<void> =>
  vi.waitFor(async () => {
    const page = JSON.parse(await readFile(join(workers[0]!.dataDir, 'site', 'status.json'), 'utf8'))
    const [newest] = await db.execute(sql`select revision from site_revision`)
    expect(page.revision).toBe(newest!.revision)
  }, PATIENTLY)
