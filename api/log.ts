import { type DestinationStream, type LevelWithSilent, type Logger, pino, stdTimeFunctions } from 'pino'
import { maskText } from './domain/mask.ts'

/** Structured lines on stdout. Say first what it is about, then in words what happened: `log.warn({ incident }, 'late')`. */
export type Log = Logger
export type LogLevel = LevelWithSilent

/**
 * The log of this process: one JSON object per line. Whatever it is handed, no address, number, token or credential
 * leaves in full (standards T0.8, S8, X13). `destination` is stdout unless a test looks.
 */
export function makeLog(level: LogLevel, destination?: DestinationStream): Log {
  const options = {
    level,
    base: { pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    hooks: { logMethod: scrubArguments },
  }
  return maskChildren(destination ? pino(options, destination) : pino(options))
}

/** What a child log adds to every line is masked like the rest. */
function maskChildren(log: Logger): Logger {
  const plainChild = log.child
  log.child = function (this: Logger, bindings, options) {
    return plainChild.call(this, scrub(bindings) as typeof bindings, options)
  } as typeof log.child
  return log
}

/** A log that says nothing, for tests. */
export const silentLog = (): Log => makeLog('silent')

/**
 * What a log may hold of an error: never the object itself, whose fields can carry requests with their headers
 * (standards T0.8). The parameters of a failed statement are cut off, its cause is told the same way.
 */
export function describeError(error: Error): Record<string, unknown> {
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  const described: Record<string, unknown> = {
    name: maskText(error.name),
    message: maskText(error.message.split('\nparams:')[0] ?? ''),
    at: framesOf(error),
  }
  if (typeof code === 'string' || typeof code === 'number') described.code = maskText(String(code))
  if (cause instanceof Error && cause !== error) described.cause = describeError(cause)
  if (error instanceof AggregateError)
    described.errors = error.errors.filter((each) => each instanceof Error).map(describeError)
  return described
}

/** Names of fields whose value is nobody's business, whatever it looks like. */
const SECRET_NAME = /authorization|cookie|password|secret|token|credential|signature|^(api_?)?key$|^pass$/i
/** Nothing worth logging lies deeper. */
const DEEPEST = 6

type LogArguments = Parameters<(...words: unknown[]) => void>

function scrubArguments(this: Logger, words: LogArguments, method: (...words: LogArguments) => void): void {
  method.apply(this, wordsOf(words) as LogArguments)
}

function wordsOf([first, ...rest]: unknown[]): unknown[] {
  if (!(first instanceof Error)) return [first, ...rest].map((word) => scrub(word))
  const error = describeError(first)
  return [{ error }, ...(rest.length > 0 ? rest.map((word) => scrub(word)) : [error.message])]
}

/** A copy that may be shown. */
function scrub(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return maskText(value)
  if (typeof value === 'bigint') return maskText(String(value))
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 1e9 ? maskText(String(value)) : value
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? undefined : value
  if (value instanceof Error) return describeError(value)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'no date' : value.toISOString()
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (depth >= DEEPEST) return '[…]'
  if (value instanceof Map || value instanceof Set) return scrub([...value], depth)
  if (Array.isArray(value)) return value.map((item) => scrub(item, depth + 1))
  return scrubFields(value, depth)
}

const scrubFields = (value: object, depth: number): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      maskText(name),
      SECRET_NAME.test(name) && field !== null && field !== undefined ? '[hidden]' : scrub(field, depth + 1),
    ]),
  )

/** The first frames of the stack, without the message above them. */
function framesOf(error: Error): string[] {
  const lines = (error.stack ?? '').split('\n').filter((line) => /^\s+at .+:\d+/.test(line))
  return lines.slice(0, 4).map((line) => maskText(line.trim().slice(3)))
}
