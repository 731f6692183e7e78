/**
 * One sender of mail in a process of its own: Sitrep's delivery, or the mail library as its manual shows it. Told what to
 * be by its first message; says `ready`, and what it takes of memory.
 */
import { generateKeyPairSync } from 'node:crypto'
import { createTransport } from 'nodemailer'
import { databaseClock } from '../../api/clock.ts'
import { smtpCarrier } from '../../api/delivery/email.ts'
import { mailboxForSms } from '../../api/delivery/mailbox.ts'
import { startDelivery } from '../../api/delivery/start.ts'
import { webhookCarrier } from '../../api/delivery/webhook.ts'
import { silentLog } from '../../api/log.ts'
import { noRecorder } from '../../api/recorder.ts'
import { loadTemplates } from '../../api/templates.ts'
import { type Connection, openDatabase } from '../../db/client.ts'
import { listen } from '../../db/queries/wake.ts'

/** A mail as Sitrep sends it: to be composed anew by the library, and as it went over the wire. */
export interface PeerLetter {
  subject: string
  text: string
  html: string
  headers: Record<string, string>
  raw: string
}

export interface MailerPlan {
  port: number
  connections: number
  signed: boolean
  /** The library's peers: how many messages, made how. */
  peer?: {
    messages: number
    way: 'composed' | 'raw'
    letter: PeerLetter
  }
  /** Sitrep's: where the ledger is. */
  ledger?: { connection: Connection; templates: string; folder: string }
}

const dkim = () => ({
  domain: 'northwind.example',
  selector: 's1',
  privateKey: generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString(),
})

process.once('message', (plan: MailerPlan) => void (plan.peer ? beLibrary(plan, plan.peer) : beSitrep(plan)))

async function beLibrary({ port, connections, signed }: MailerPlan, peer: NonNullable<MailerPlan['peer']>) {
  const own = signed ? dkim() : null
  const transport = createTransport({
    pool: true,
    host: '127.0.0.1',
    port,
    ignoreTLS: true,
    maxConnections: connections,
    ...(own ? { dkim: { domainName: own.domain, keySelector: own.selector, privateKey: own.privateKey } } : {}),
  })
  const { raw, headers: shared, ...words } = peer.letter
  let next = 0
  const send = (n: number) => {
    const to = `u${n}@customer.example`
    const from = 'status@northwind.example'
    if (peer.way === 'raw') return transport.sendMail({ envelope: { from, to: [to] }, raw })
    const headers = { ...shared, 'List-Unsubscribe': `<https://status.northwind.example/leave?n=${n}>` }
    return transport.sendMail({ ...words, from, to, headers })
  }
  const began = performance.now()
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (next < peer.messages) await send(next++)
    }),
  )
  process.send!({ done: (performance.now() - began) / 1000 }, () => process.exit())
}

async function beSitrep({ port, connections, signed, ledger }: MailerPlan) {
  const { connection, templates, folder } = ledger!
  const db = openDatabase(connection, `sitrep bench ${process.pid}`, 10)
  const carrier = smtpCarrier({
    server: { host: '127.0.0.1', port, secure: false, requireTls: false },
    login: null,
    connections,
    perSecond: null,
    dkim: signed ? dkim() : null,
  })
  const address = { name: '', address: 'status@northwind.example' }
  const delivery = startDelivery({
    db,
    clock: databaseClock,
    log: silentLog(),
    random: Math.random,
    templates: loadTemplates(templates),
    secrets: ['a secret that only this run knows, long enough'],
    urls: { site: 'https://status.northwind.example', api: 'https://status.northwind.example' },
    sender: { from: address, fromConfirm: address, bounceDomain: 'bounce.northwind.example', unsubscribeMailto: null },
    smsCountries: [],
    record: noRecorder,
    carriers: { email: carrier, sms: mailboxForSms(folder), webhook: webhookCarrier({ allow: [] }) },
  })
  await listen(db, (what) => {
    if (what === 'fan_out' || what === 'deliver') delivery.kick(what)
  })
  setInterval(() => process.send!({ memory: process.memoryUsage().rss / 2 ** 20 }), 250)
  process.send!({ ready: true })
}
