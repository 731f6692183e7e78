import { userInfo } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { closeDatabase, openDatabase } from '../db/client.ts'
import { openEmbedded } from '../db/embedded.ts'
import { migrate } from '../db/migrate.ts'
import type { Acting } from './actions/acting.ts'
import { backupCommands } from './cli/backup.ts'
import { type Command, type Surroundings, UsageError } from './cli/command.ts'
import { doctorCommand } from './cli/doctor.ts'
import { exportCommand } from './cli/export.ts'
import { heldUpdateCommands } from './cli/held-updates.ts'
import { incidentCommands } from './cli/incidents.ts'
import { publishCommand } from './cli/publish.ts'
import { replayCommand } from './cli/replay.ts'
import { staffCommands } from './cli/staff.ts'
import { importSubscribersCommand } from './cli/subscribers.ts'
import { databaseClock } from './clock.ts'
import { readConfig } from './config.ts'
import { Refusal } from './domain/refusal.ts'
import { silentLog } from './log.ts'
import { keptSecret } from './secret.ts'
import { explain } from './start-failures.ts'
import { loadTemplates } from './templates.ts'

/** `migrate` needs no more than what every command does first. */
const migrateCommand: Command = {
  name: 'migrate',
  usage: '',
  summary: 'Bring the database to the schema of this version',
  options: {},
  run: async () => ({ text: 'The database is up to date.', json: { migrated: true } }),
}

const COMMANDS = [
  ...staffCommands,
  ...incidentCommands,
  ...heldUpdateCommands,
  publishCommand,
  replayCommand,
  ...backupCommands,
  exportCommand,
  doctorCommand,
  importSubscribersCommand,
  migrateCommand,
]

const help = (): string => {
  const lines = COMMANDS.map(({ name, usage, summary }) => `  sitrep ${name} ${usage}\n      ${summary}`)
  return `Usage: npm run --silent sitrep -- COMMAND [OPTIONS] [--json]\n\n${lines.join('\n')}\n`
}

const commandFor = (words: readonly string[]): Command | undefined =>
  COMMANDS.find(({ name, alias }) =>
    [name, alias].some((called) => called?.split(' ').every((word, index) => words[index] === word)),
  )

/** Runs one command line; answers the exit code: 0 done, 1 refused or failed, 2 used wrongly. */
async function main(words: readonly string[]): Promise<number> {
  const command = commandFor(words)
  if (!command) {
    const asked = words.length === 0 || words.includes('--help') || words.includes('-h') || words[0] === 'help'
    process[asked && words.length > 0 ? 'stdout' : 'stderr'].write(help())
    return asked && words.length > 0 ? 0 : 2
  }
  try {
    const rest = words.slice(command.name.split(' ').length)
    const options = { ...command.options, json: { type: 'boolean' } } as const
    const typed = parseArgs({ args: [...rest], options, allowPositionals: true })
    const printed = await withDatabase(command, (acting, surroundings) => command.run(acting, typed, surroundings))
    process.stdout.write(`${typed.values.json ? JSON.stringify(printed.json) : printed.text}\n`)
    return printed.failed ? 1 : 0
  } catch (error) {
    return complain(command, error)
  }
}

function complain(command: Command, error: unknown): number {
  const wrongUse =
    error instanceof UsageError || String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS')
  if (wrongUse) {
    process.stderr.write(`${(error as Error).message}\nUsage: sitrep ${command.name} ${command.usage}\n`)
    return 2
  }
  if (error instanceof Refusal) {
    const fields = error.errors.filter(({ field }) => field).map(({ field, message }) => `  ${field}: ${message}`)
    process.stderr.write(`${[error.message, ...(fields.length > 1 ? fields : [])].join('\n')}\n`)
    return 1
  }
  process.stderr.write(explain(error).replace('Sitrep does not start.\n', ''))
  return 1
}

/** Works beside a running service, or starts the embedded database for as long as the command takes. */
async function withDatabase<T>(
  { unmigrated }: Pick<Command, 'unmigrated'>,
  work: (acting: Acting, surroundings: Surroundings) => Promise<T>,
): Promise<T> {
  const config = readConfig()
  const url = config.secrets.databaseUrl
  const embedded = url ? null : await openEmbedded({ dataDir: config.data.folder, as: 'command', log: silentLog() })
  const connection = url ? { url } : embedded!.connection
  const db = openDatabase(connection, `sitrep command ${process.pid}`, 3)
  try {
    if (!unmigrated) await migrate(db)
    const signing = config.secrets.signing
    const acting: Acting = {
      db,
      clock: databaseClock,
      templates: loadTemplates(join(import.meta.dirname, '../templates')),
      secrets: signing.length > 0 ? signing : [await keptSecret(config.data.folder)],
      urls: config.urls,
      webhookAllow: config.webhookAllow,
      actor: { kind: 'system', id: null, personId: null, name: `cli ${userInfo().username}`, role: 'admin', ip: null },
    }
    return await work(acting, { config, db })
  } finally {
    await closeDatabase(db)
    await embedded?.stop()
  }
}

process.exitCode = await main(process.argv.slice(2))
