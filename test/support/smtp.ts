import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterAll } from 'vitest'

/** One message as the server took it. */
export interface ReceivedMail {
  from: string
  /** RCPT TO, in order. */
  to: string[]
  raw: string
  mail: Email
}

/** What goes wrong with the next message; each is used once, in order. */
export type SmtpFault =
  | { at: 'rcpt' | 'data'; code: number; message: string }
  | { at: 'mail' | 'rcpt' | 'data_start' | 'after_dot'; drop: true }
  | { at: 'after_dot'; silent: true }

/** The steps of one message at which the server may misbehave. */
export type SmtpStep = 'greeting' | 'mail' | 'rcpt' | 'data_start' | 'data' | 'after_dot'
/** How it misbehaves there: refuses, cuts the connection, never answers, or answers late (in milliseconds). */
export type SmtpTrouble = { code: number; message: string } | { drop: true } | { silent: true } | { wait: number }

export interface TestSmtp {
  port: number
  /** For SMTP_URL. */
  url: string
  received: ReceivedMail[]
  /** Every RCPT TO ever seen, refused ones included. */
  recipients: string[]
  faults: SmtpFault[]
  /** Decides at every step, for this reader (null before one is named), what goes wrong there; asked before `faults`. */
  temper: (step: SmtpStep, to: string | null) => SmtpTrouble | null
  /** Resolves when `count` messages have been taken. */
  waitFor(count: number): Promise<ReceivedMail[]>
  close(): Promise<void>
}

/** A real SMTP server on a random loopback port, closed after the file's last test. */
export async function testSmtp(options: SMTPServerOptions = {}): Promise<TestSmtp> {
  const smtp = await openSmtp(options)
  afterAll(smtp.close)
  return smtp
}

/** The same, for whoever closes it. */
export async function openSmtp(options: SMTPServerOptions = {}): Promise<TestSmtp> {
  const received: ReceivedMail[] = []
  const recipients: string[] = []
  const faults: SmtpFault[] = []
  const waiting: { count: number; resolve: (mails: ReceivedMail[]) => void }[] = []
  const trouble = (step: SmtpStep, to: string | null): SmtpTrouble | null =>
    smtp.temper(step, to) ?? (faults[0]?.at === step ? faults.shift()! : null)
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 100,
    onConnect: (session, done) => answer(trouble('greeting', null), session, done),
    onMailFrom: (_address, session, done) => answer(trouble('mail', null), session, done),
    onRcptTo({ address }, session, done) {
      recipients.push(address)
      answer(trouble('rcpt', address), session, done)
    },
    async onData(stream, session, done) {
      const { mailFrom, rcptTo } = session.envelope
      const to = rcptTo[0]!.address
      const start = trouble('data_start', to)
      if (start) return answer(start, session, done)
      const body = await buffer(stream).catch(() => null)
      if (body === null) return done(new Error('The sender has gone in the middle of its message.'))
      const refused = trouble('data', to)
      if (refused) return answer(refused, session, done)
      const raw = body.toString('utf8')
      const from = mailFrom ? mailFrom.address : ''
      received.push({ from, to: rcptTo.map((each) => each.address), raw, mail: await PostalMime.parse(raw) })
      answer(trouble('after_dot', to), session, done)
      for (const each of waiting) if (received.length >= each.count) each.resolve(received)
    },
    ...options,
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  const smtp: TestSmtp = {
    port,
    url: `smtp://127.0.0.1:${port}`,
    received,
    recipients,
    faults,
    temper: () => null,
    waitFor: (count) =>
      received.length >= count ? Promise.resolve(received) : new Promise((resolve) => waiting.push({ count, resolve })),
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
  return smtp

  function answer(trouble: SmtpTrouble | null, session: { id: string }, done: (error?: Error | null) => void): void {
    if (!trouble) done()
    else if ('code' in trouble) done(Object.assign(new Error(trouble.message), { responseCode: trouble.code }))
    else if ('drop' in trouble) cut(session.id)
    else if ('wait' in trouble) setTimeout(done, trouble.wait)
  }

  function cut(sessionId: string): void {
    const connections = (server as unknown as { connections: Set<{ id: string; _socket: { destroy(): void } }> })
      .connections
    for (const connection of connections) if (connection.id === sessionId) connection._socket.destroy()
  }
}

/** Every value of one header, in the order of the message. */
export const headersOf = ({ mail }: ReceivedMail, name: string): string[] =>
  mail.headers.filter((header) => header.key === name.toLowerCase()).map((header) => header.value)
