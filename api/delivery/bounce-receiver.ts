import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server'
import type { Log } from '../log.ts'
import type { RenewableCertificate } from './certificate.ts'

/** What a mail may hold that comes back, in bytes. */
const MOST_BYTES = 1024 * 1024

/** What the receiver is told and handed. */
export interface Receiving {
  host: string
  /** 0: any that is free. */
  port: number
  /** The domain whose mail is taken; for no other. */
  domain: string
  /** What STARTTLS is offered with (RFC 3207); null: it is not offered. */
  certificate: RenewableCertificate | null
  log: Log
  /** Takes one mail; what it throws makes the sender try again later. */
  take(raw: Buffer, envelope: { recipients: string[]; sender: string }): Promise<void>
}

export interface BounceReceiver {
  port: number
  /** Takes no new connection; ends within three seconds. */
  close(): Promise<void>
}

/**
 * Receives mail for the return addresses (BOUNCE_SMTP_PORT), and relays nothing. It answers a sender only after what the
 * mail reports has been committed. A certificate that was renewed is shown from the next connection on. Rejects with the
 * system's error when the port cannot be had.
 */
export async function startBounceReceiver(receiving: Receiving): Promise<BounceReceiver> {
  const { host, port, domain, certificate, log, take } = receiving
  const server = new SMTPServer({
    name: domain,
    authOptional: true,
    disabledCommands: certificate ? ['AUTH'] : ['AUTH', 'STARTTLS'],
    ...certificate?.current,
    disableReverseLookup: true,
    size: MOST_BYTES,
    maxClients: 20,
    maxRecipients: 5,
    socketTimeout: 30_000,
    closeTimeout: 3_000,
    onConnect(_session, done) {
      showRenewed(server, receiving)
      done()
    },
    onRcptTo({ address }, _session, done) {
      if (address.toLowerCase().endsWith(`@${domain}`)) done()
      else done(reply(550, '5.7.1 We relay nothing.'))
    },
    async onData(stream, { envelope }, done) {
      const raw = await bounded(stream).catch(() => null)
      if (raw === null) return done(reply(552, '5.3.4 This is too big for a report.'))
      const recipients = envelope.rcptTo.map(({ address }) => address)
      const sender = envelope.mailFrom ? envelope.mailFrom.address : ''
      await take(raw, { recipients, sender }).then(
        () => done(),
        (error: unknown) => {
          log.error({ error }, 'a returned mail could not be recorded')
          done(reply(451, '4.3.0 Try again later.'))
        },
      )
    },
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve())
  })
  // Clients that hang up or talk nonsense are theirs to worry about.
  server.on('error', (error) => log.debug({ error }, 'a connection to the bounce receiver failed'))
  return {
    port: (server.server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** What took a certificate's place and is of no use changes nothing: the one before is shown on. */
function showRenewed(server: SMTPServer, { certificate, log }: Receiving): void {
  try {
    const renewed = certificate?.renewed() ?? null
    if (renewed === null) return
    server.updateSecureContext(renewed)
    log.info('the bounce receiver shows its renewed certificate')
  } catch (error) {
    log.error({ error }, 'the renewed certificate of the bounce receiver is of no use; the one before is shown')
  }
}

const reply = (responseCode: number, text: string): Error => Object.assign(new Error(text), { responseCode })

/** The whole message, or null when it is longer than it may be; then the rest is read and dropped. */
async function bounded(stream: SMTPServerDataStream): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= MOST_BYTES) chunks.push(chunk)
  }
  return size > MOST_BYTES ? null : Buffer.concat(chunks)
}
