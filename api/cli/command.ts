import type { ParseArgsOptionsConfig } from 'node:util'
import type { Database } from '../../db/client.ts'
import type { Acting } from '../actions/acting.ts'
import type { Config } from '../config.ts'

/** What was typed after a command's words. */
export interface Typed {
  values: Record<string, string | boolean | (string | boolean)[] | undefined>
  positionals: string[]
}

/** What a command prints: lines for people, or with `--json` the API's object. */
export interface Printed {
  text: string
  json: unknown
  /** Not all of it could be done: what is printed says so, and the exit code is 1. */
  failed?: boolean
}

/** What few commands need besides: the settings, and the database itself rather than what actions write to. */
export interface Surroundings {
  config: Config
  db: Database
}

/** One command of the CLI: the same actions through another door. */
export interface Command {
  /** The words that call it, such as `key create`. */
  name: string
  /** Other words for it. */
  alias?: string
  /** What follows the words, for the help. */
  usage: string
  summary: string
  options: ParseArgsOptionsConfig
  /** Is handed the database as it is, before its schema is brought up to date. */
  unmigrated?: true
  run(acting: Acting, typed: Typed, surroundings: Surroundings): Promise<Printed>
}

/** The command line itself is wrong: told with the usage, exit 2. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** One option's text; a usage error when it is required and missing. */
export function option(typed: Typed, name: string): string | undefined {
  const value = typed.values[name]
  return typeof value === 'string' ? value : undefined
}

export function required(typed: Typed, name: string): string {
  const value = option(typed, name)
  if (value === undefined) throw new UsageError(`--${name} is required.`)
  return value
}

/** Every text given for an option that may be repeated. */
export const repeated = (typed: Typed, name: string): string[] =>
  [typed.values[name] ?? []].flat().filter((value) => typeof value === 'string')

/** The one word after the options; a usage error when it is missing. */
export function positional(typed: Typed, what: string): string {
  const [word] = typed.positionals
  if (word === undefined) throw new UsageError(`Say which ${what}.`)
  return word
}
