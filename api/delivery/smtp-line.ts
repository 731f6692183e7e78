import type { Socket } from 'node:net'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { dialogueOn, type Extensions, extensionsIn } from './smtp-dialogue.ts'

/** How the mail server is reached. */
export interface SmtpServer {
  server: { host: string; port: number; secure: boolean; requireTls: boolean }
  login: { user: string; password: string } | null
}

/** Milliseconds; all well under the 30 s that one attempt may take (standards E27). */
export const PATIENCE = { connect: 5_000, greeting: 5_000, dns: 5_000, silence: 20_000, attempt: 28_000, idle: 10_000 }

/** One message for exactly one recipient. */
export interface Posted {
  envelope: { from: string; to: string }
  mime: Buffer
  /** Whether the address holds letters that only SMTPUTF8 carries (standards T0.6; RFC 6531). */
  utf8: boolean
}

/** What the server answered, or why it was not even asked. */
export type Sent = { response: string } | { refused: 'address_not_ascii' }

/** One open connection to the mail server; it carries one message at a time. */
export interface Line {
  /** Messages it has carried. */
  carried: number
  /** Whether it can be used no more. */
  broken(): boolean
  /** Hands over one message. What it throws has `begun`: whether the server had asked for the message (standards T0.5). */
  send(posted: Posted, signal: AbortSignal): Promise<Sent>
  close(): void
}

/** Connects, secures and signs in. Throws what the mail library throws. */
export async function openLine(at: SmtpServer, waits: typeof PATIENCE, signal: AbortSignal): Promise<Line> {
  const connection = new SMTPConnection(connectionOptions(at.server, waits))
  const talk = talkOn(connection)
  try {
    await talk.ask(signal, () => told((done) => connection.connect(done)))
    const extensions = extensionsIn(String(connection.lastServerResponse))
    if (at.login) await talk.ask(signal, () => told((done) => connection.login(credentials(at.login!), done)))
    return lineOn(connection, talk, extensions, waits.attempt)
  } catch (error) {
    connection.close()
    throw error
  }
}

const told = (question: (done: (error?: unknown) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => question((error) => (error ? reject(error) : resolve())))

const connectionOptions = (server: SmtpServer['server'], waits: typeof PATIENCE) => ({
  host: server.host,
  port: server.port,
  secure: server.secure,
  requireTLS: server.requireTls,
  ...(isOwnMachine(server.host) ? { tls: { rejectUnauthorized: false } } : {}),
  connectionTimeout: waits.connect,
  greetingTimeout: waits.greeting,
  socketTimeout: waits.silence,
  dnsTimeout: waits.dns,
})

/** A certificate that this machine made for itself is as good as any for talking to itself. */
const isOwnMachine = (host: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host)

const credentials = ({ user, password }: NonNullable<SmtpServer['login']>) => ({
  credentials: { user, pass: password },
})

/** The library keeps watch over the connection, its errors and its silence; what is said on it from here on is ours. */
function lineOn(connection: SMTPConnection, talk: Talk, extensions: Extensions, within: number): Line {
  const end = () => {
    talk.ended = true
    connection.close()
  }
  const socket = connection._socket as Socket
  const dialogue = dialogueOn(socket, extensions, end)
  const line: Line = {
    carried: 0,
    broken: () => talk.ended,
    async send({ envelope, mime, utf8 }, signal) {
      if (utf8 && !extensions.utf8) return { refused: 'address_not_ascii' }
      let begun = false
      const giveUp = performance.now() + within
      try {
        const response = await talk.ask(signal, async () => {
          await dialogue.announce(envelope, mime.length, utf8)
          // A process that was halted meanwhile gets the answer before its own timers: what was to be sent may be told by
          // another, or overtaken (standards R7).
          if (performance.now() > giveUp) throw { ...GIVEN_UP }
          begun = true
          return dialogue.handOver(mime)
        })
        line.carried += 1
        return { response }
      } catch (error) {
        const { responseCode, hungUp } = Object(error)
        // After a refusal the line is made ready for the next message; after anything else it is used no more.
        if (!responseCode || hungUp || talk.ended) end()
        else await talk.ask(signal, dialogue.reset).catch(end)
        throw Object.assign(Object(error), { begun })
      }
    },
    close() {
      if (!talk.ended) socket.write('QUIT\r\n')
      end()
    },
  }
  return line
}

const GONE = { code: 'ECONNECTION', command: 'CONN', message: 'the connection has ended' }
const GIVEN_UP = { code: 'EABORT', command: 'API', message: 'given up while waiting' }

interface Talk {
  ended: boolean
  /** Asks for one thing; whatever ends the connection, or `signal`, ends the wait as well. */
  ask<Answer>(signal: AbortSignal, question: () => Promise<Answer>): Promise<Answer>
}

function talkOn(connection: SMTPConnection): Talk {
  let fail: (error: unknown) => void = () => {}
  const giveUp = () => {
    connection.close()
    fail({ ...GIVEN_UP })
  }
  const talk: Talk = {
    ended: false,
    async ask(signal, question) {
      try {
        return await new Promise((resolve, reject) => {
          fail = reject
          if (signal.aborted) return giveUp()
          signal.addEventListener('abort', giveUp, { once: true })
          question().then(resolve, reject)
        })
      } finally {
        fail = () => {}
        signal.removeEventListener('abort', giveUp)
      }
    },
  }
  const end = (error: unknown) => {
    talk.ended = true
    fail(error)
  }
  connection.on('error', end)
  connection.on('end', () => end({ ...GONE }))
  return talk
}
