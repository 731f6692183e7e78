import { DataFolderInUse } from '../db/embedded.ts'
import { UnusableDatabase } from '../db/unusable.ts'
import { BadSettings } from './config.ts'
import { maskText } from './domain/mask.ts'

/** What the start was about, to be named in the message. */
export interface StartPlan {
  host: string
  port: number
  dataDir: string
}

/**
 * Why the service does not start, on one screen and in words: which setting, file, port or process, and what to do.
 * An error nobody expected is told by its own message, masked.
 */
export function explain(error: unknown, plan: StartPlan | null = null): string {
  if (error instanceof BadSettings) return `${lines('Sitrep does not start. Mend these settings:', error)}\n`
  return `Sitrep does not start.\n${reason(error, plan)}\n`
}

function lines(heading: string, { problems }: BadSettings): string {
  const widest = Math.max(...problems.map(({ setting }) => setting.length))
  return [heading, ...problems.map(({ setting, message }) => `  ${setting.padEnd(widest)}  ${maskText(message)}`)].join(
    '\n',
  )
}

function reason(error: unknown, plan: StartPlan | null): string {
  if (error instanceof UnusableDatabase) return error.message
  if (error instanceof DataFolderInUse)
    return `The data folder ${plan?.dataDir ?? ''} is in use: ${error.holder} works on it. Stop that one first, or set DATA_DIR to another folder.`
  const first = firstCause(error)
  return (
    systemReason(first as NodeJS.ErrnoException, plan) ??
    maskText(first instanceof Error ? first.message : String(first))
  )
}

/** What went wrong first: a query that failed says only what was asked, and keeps the server's answer under it. */
const firstCause = (error: unknown): unknown =>
  error instanceof Error && error.cause instanceof Error ? firstCause(error.cause) : error

function systemReason({ code, path, syscall, message }: NodeJS.ErrnoException, plan: StartPlan | null): string | null {
  const where = path ?? plan?.dataDir ?? 'a file'
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${plan?.port ?? ''} on ${plan?.host ?? ''} is taken by another program. Stop it, or set PORT to a free port.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return syscall === 'listen' || syscall === 'getaddrinfo'
        ? `HOST ${plan?.host ?? ''} is no address of this machine.`
        : null
    case 'EACCES':
    case 'EPERM':
      if (syscall === 'listen')
        return `This user may not listen on port ${plan?.port ?? ''}. Set PORT to one above 1023.`
      return `${where} cannot be written by this user. Change its owner, or set DATA_DIR to a folder that can be written.`
    case 'EROFS':
      return `${where} lies on a read-only file system. Set DATA_DIR to a folder that can be written.`
    case 'ENOSPC':
    case 'EDQUOT':
      return `There is no space left for ${where}. Make room, or set DATA_DIR to another disk.`
    case 'ENOENT':
      return path ? `${path} cannot be made there. Set DATA_DIR to a folder that can be written.` : null
    case 'ENOTDIR':
    case 'EEXIST':
      return `${where} is no folder. Set DATA_DIR to a folder, or to a new path.`
    case 'ECONNREFUSED':
    case 'CONNECT_TIMEOUT':
    case '28P01':
    case '28000':
    case '3D000':
      return `The database of DATABASE_URL does not let us in: ${maskText(message || code)}`
    default:
      return null
  }
}
