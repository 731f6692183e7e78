import { LANES, type Lane } from '../domain/attempt.ts'
import { type Line, openLine, type PATIENCE, type Posted, type Sent, type SmtpServer } from './smtp-line.ts'

/** A mail server likes a new connection from time to time. */
const MESSAGES_PER_LINE = 100

export interface SmtpPool {
  /** Hands over one message on the next free line; staff's first, then those to executives, then the public's. Throws what the line throws. */
  send(lane: Lane, posted: Posted, signal: AbortSignal): Promise<Sent>
  close(): Promise<void>
}

/** How many lines there may be, and how many of them the public may take. */
interface Room {
  all: number
  public: number
}

interface Waiting {
  lane: Lane
  take(): void
}

/** Lines to the mail server, opened when they are wanted and closed before the server drops them (standards E28). */
export function openPool(server: SmtpServer, room: Room, waits: typeof PATIENCE): SmtpPool {
  const free: { line: Line; timer: NodeJS.Timeout }[] = []
  const waiting: Waiting[] = []
  const busy: Record<Lane, number> = { staff: 0, executive: 0, public: 0 }

  const hasRoom = (lane: Lane) =>
    busy.staff + busy.executive + busy.public < room.all &&
    (lane !== 'public' || busy.public < Math.max(1, room.public))
  const next = () => {
    for (const lane of LANES) {
      const at = waiting.findIndex((each) => each.lane === lane)
      if (at >= 0 && hasRoom(lane)) return waiting.splice(at, 1)[0]!.take()
    }
  }
  const turnOf = (lane: Lane, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const gaveUp = () => {
        waiting.splice(waiting.indexOf(own), 1)
        reject({ code: 'EABORT', command: 'API', message: 'given up while waiting for a connection' })
      }
      const own: Waiting = {
        lane,
        take() {
          signal.removeEventListener('abort', gaveUp)
          busy[lane] += 1
          resolve()
        },
      }
      if (hasRoom(lane)) return own.take()
      signal.addEventListener('abort', gaveUp, { once: true })
      waiting.push(own)
    })

  const keep = (line: Line) => {
    if (line.broken() || line.carried >= MESSAGES_PER_LINE) return line.close()
    const timer = setTimeout(() => {
      free.splice(
        free.findIndex((each) => each.line === line),
        1,
      )
      line.close()
    }, waits.idle)
    free.push({ line, timer })
  }
  const keptLine = (): Line | null => {
    const kept = free.pop()
    if (!kept) return null
    clearTimeout(kept.timer)
    return kept.line.broken() ? keptLine() : kept.line
  }
  const carry = async (line: Line, posted: Posted, signal: AbortSignal): Promise<Sent> => {
    try {
      return await line.send(posted, signal)
    } finally {
      keep(line)
    }
  }

  return {
    async send(lane, posted, signal) {
      await turnOf(lane, signal)
      try {
        return await carry(keptLine() ?? (await openLine(server, waits, signal)), posted, signal)
      } finally {
        busy[lane] -= 1
        next()
      }
    },
    async close() {
      for (const { line, timer } of free.splice(0)) {
        clearTimeout(timer)
        line.close()
      }
    },
  }
}
