import type { Writable } from 'node:stream'
import SMTPConnection from 'nodemailer/lib/smtp-connection'

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
    await talk.ask(signal, (done) => connection.connect(done))
    const takesUtf8 = /^250[ -]SMTPUTF8\b/im.test(String(connection.lastServerResponse))
    if (at.login) await talk.ask(signal, (done) => connection.login(credentials(at.login!), done))
    return lineOn(connection, talk, takesUtf8, waits.attempt)
  } catch (error) {
    connection.close()
    throw error
  }
}

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

function lineOn(connection: SMTPConnection, talk: Talk, takesUtf8: boolean, within: number): Line {
  const line: Line = {
    carried: 0,
    broken: () => talk.ended,
    async send({ envelope, mime, utf8 }, signal) {
      if (utf8 && !takesUtf8) return { refused: 'address_not_ascii' }
      let begun = false
      const giveUp = performance.now() + within
      // The library hands the message over by this once the server has asked for it. A process that was halted meanwhile
      // gets the answer before its own timers: what was to be sent may be told by another, or overtaken (standards R7).
      const message = {
        pipe(stream: Writable) {
          if (performance.now() > giveUp) return talk.giveUp()
          begun = true
          stream.end(mime)
        },
      }
      const to = { from: envelope.from, to: [envelope.to], size: mime.length }
      try {
        const { response } = await talk.ask<{ response: string }>(signal, (done) =>
          connection.send(to, message as never, done),
        )
        line.carried += 1
        return { response }
      } catch (error) {
        await cleanUp(connection, talk, Object(error).responseCode, signal)
        throw Object.assign(Object(error), { begun })
      }
    },
    close: () => (talk.ended ? connection.close() : connection.quit()),
  }
  return line
}

/** After a refusal the line is made ready for the next message (RSET); after anything else it is used no more. */
async function cleanUp(connection: SMTPConnection, talk: Talk, responseCode: unknown, signal: AbortSignal) {
  const end = () => {
    talk.ended = true
    connection.close()
  }
  if (!responseCode || talk.ended) return end()
  await talk.ask(signal, (done) => connection.reset(done)).catch(end)
}

const GONE = { code: 'ECONNECTION', command: 'CONN', message: 'the connection has ended' }
const GIVEN_UP = { code: 'EABORT', command: 'API', message: 'given up while waiting' }

type Done<Answer> = (error?: unknown, answer?: Answer) => void

interface Talk {
  ended: boolean
  /** Ends the connection and the wait for what was asked last. */
  giveUp(): void
  /** Asks for one thing; whatever ends the connection, or `signal`, ends the wait as well. */
  ask<Answer>(signal: AbortSignal, question: (done: Done<Answer>) => void): Promise<Answer>
}

function talkOn(connection: SMTPConnection): Talk {
  let fail: (error: unknown) => void = () => {}
  const giveUp = () => {
    connection.close()
    fail({ ...GIVEN_UP })
  }
  const talk: Talk = {
    ended: false,
    giveUp,
    async ask(signal, question) {
      try {
        return await new Promise((resolve, reject) => {
          fail = reject
          if (signal.aborted) return giveUp()
          signal.addEventListener('abort', giveUp, { once: true })
          question((error, answer) => (error ? reject(error) : resolve(answer!)))
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
