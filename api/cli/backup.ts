import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { restoreBackup, sealOf } from '../../db/backup/restore.ts'
import { type Taken, takeBackup } from '../../db/backup/take.ts'
import { releaseRestored } from '../actions/release-restored.ts'
import { Refusal } from '../domain/refusal.ts'
import { type Command, positional, type Surroundings } from './command.ts'

export const backupCommands: Command[] = [
  {
    name: 'backup',
    usage: 'FILE',
    summary: [
      'Save the whole database into one file, of one instant, while the service runs or not.',
      'Not in it: SECRET (or DATA_DIR/secret), which is to be kept apart; sessions; the site, which can be published anew',
    ].join('\n      '),
    options: {},
    async run(acting, typed, { db }) {
      const file = resolve(positional(typed, 'file to write'))
      const { takenAt, tables, rows } = await backupInto(db, file, acting.secrets.map(sealOf))
      const at = takenAt.toISOString()
      return {
        text: `${file}: ${rows} rows of ${tables} tables, as of ${at}. Keep SECRET (or DATA_DIR/secret) apart from it.`,
        json: { file, taken_at: at, tables, rows },
      }
    },
  },
  {
    name: 'restore',
    usage: 'FILE [--other-secret]',
    summary: [
      'Fill an empty database from a backup. Nothing is sent, published or alerted from it until "sitrep release".',
      '--other-secret goes on although SECRET is not the one of the backup',
    ].join('\n      '),
    options: { 'other-secret': { type: 'boolean' } },
    unmigrated: true,
    async run(acting, typed, { db }) {
      const file = resolve(positional(typed, 'file to read'))
      const seals = typed.values['other-secret'] === true ? null : acting.secrets.map(sealOf)
      const restored = await restoreFrom(db, file, seals)
      const at = restored.takenAt.toISOString()
      return {
        text: [
          `${restored.rows} rows of ${restored.tables} tables, as of ${at}.`,
          `${restored.expired} messages were no longer news and are not sent; ${restored.waiting} still wait.`,
          'Whoever unsubscribed since then, keys revoked and people switched off since then are back: see to them first.',
          'Nothing is sent, published or alerted until you run: sitrep release',
        ].join('\n'),
        json: { file, ...restored, takenAt: undefined, taken_at: at },
      }
    },
  },
  {
    name: 'release',
    usage: '[--drop-waiting]',
    summary: [
      'Let a restored database speak again: messages that wait go out, the page is published, silence is alerted.',
      '--drop-waiting sends nothing that waited when the backup was taken, since it probably was sent after that',
    ].join('\n      '),
    options: { 'drop-waiting': { type: 'boolean' } },
    async run(acting, typed) {
      const released = await releaseRestored(acting, { dropWaiting: typed.values['drop-waiting'] === true })
      return {
        text: `Released. ${released.sent} messages go out now, ${released.dropped} are dropped.`,
        json: released,
      }
    },
  },
]

/** Written aside, made lasting and renamed: a file of that name is always whole. Only its owner may read it. */
async function backupInto(db: Surroundings['db'], file: string, seals: readonly string[]): Promise<Taken> {
  const aside = `${file}.partial`
  const handle = await open(aside, 'w', 0o600).catch(cannot('written', file))
  try {
    let taken: Taken | null = null
    const frames = takeBackup(db, seals, (done) => {
      taken = done
    })
    await pipeline(Readable.from(frames), createGzip({ level: 6 }), handle.createWriteStream({ flush: true }))
    await rename(aside, file)
    return taken!
  } catch (error) {
    await handle.close().catch(() => {})
    await rm(aside, { force: true })
    throw error
  }
}

async function restoreFrom(db: Surroundings['db'], file: string, seals: readonly string[] | null) {
  const packed = createReadStream(file)
  await once(packed, 'open').catch(cannot('read', file))
  const unpacked = createGunzip()
  packed.on('error', (error) => unpacked.destroy(error))
  try {
    return await restoreBackup(db, packed.pipe(unpacked), { seals })
  } finally {
    packed.destroy()
  }
}

const cannot =
  (be: string, file: string) =>
  (error: Error): never => {
    throw new Refusal('invalid', `${file} cannot be ${be}: ${error.message}`)
  }
