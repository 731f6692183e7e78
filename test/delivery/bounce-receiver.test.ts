import { writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import type SMTPTransport from 'nodemailer/lib/smtp-transport'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { startBounceReceiver } from '../../api/delivery/bounce-receiver.ts'
import { openCertificate, type RenewableCertificate } from '../../api/delivery/certificate.ts'
import { silentLog } from '../../api/log.ts'
import { OWN_CERTIFICATE, OWN_KEY, RENEWED_CERTIFICATE, RENEWED_KEY } from '../support/own-certificate.ts'
import { temporaryFolder } from '../support/published.ts'
import { BOUNCE_DOMAIN } from '../support/returns.ts'
import { soon } from '../support/storytelling.ts'

const taken: { raw: string; recipients: string[] }[] = []
let trouble: Error | null = null
const start = (certificate: RenewableCertificate | null = null) =>
  startBounceReceiver({
    host: '127.0.0.1',
    port: 0,
    domain: BOUNCE_DOMAIN,
    certificate,
    log: silentLog(),
    async take(raw, { recipients }) {
      if (trouble) throw trouble
      taken.push({ raw: raw.toString('utf8'), recipients })
    },
  })
const receiver = await start()
afterAll(() => receiver.close())

beforeEach(() => {
  taken.length = 0
  trouble = null
})

/** Hands a mail over as another server does; answers what it was told. */
async function handOver(
  to: string[],
  raw: string,
  port = receiver.port,
  security: SMTPTransport.Options = { ignoreTLS: true },
): Promise<string> {
  const transport = createTransport({ host: '127.0.0.1', port, ...security })
  return transport
    .sendMail({ envelope: { from: '', to }, raw })
    .then(({ response }) => String(response))
    .catch((error: { response?: string; code: string }) => error.response ?? error.code)
    .finally(() => transport.close())
}

describe('the bounce receiver', () => {
  it('takes mail for the return addresses, from the null sender, byte by byte', async () => {
    const raw = 'Subject: ü\r\n\r\n.\r\n..dots\r\n'
    expect(await handOver([`bounce+abc123def456@${BOUNCE_DOMAIN}`], raw)).toMatch(/^250/)
    expect(taken).toEqual([{ raw, recipients: [`bounce+abc123def456@${BOUNCE_DOMAIN}`] }])
  })

  it.each(['ada@example.com', `ada@evil.${BOUNCE_DOMAIN}`, `bounce+abc123def456%40${BOUNCE_DOMAIN}@example.com`])(
    'relays nothing: %s',
    async (address) => {
      expect(await handOver([address], 'Subject: x\r\n\r\n')).toMatch(/^550 5\.7\.1/)
      expect(taken).toEqual([])
    },
  )

  it('refuses what is too big, said beforehand or not, and more recipients than one message has', async () => {
    const to = `bounce+abc123def456@${BOUNCE_DOMAIN}`
    expect(await handOver([to], `Subject: x\r\n\r\n${'x'.repeat(76)}\r\n`.repeat(15_000))).toMatch(/^552/)
    const many = Array.from({ length: 6 }, (_, at) => `bounce+abc123def45${at}@${BOUNCE_DOMAIN}`)
    await handOver(many, 'Subject: x\r\n\r\n')
    expect(taken.flatMap(({ recipients }) => recipients)).toHaveLength(5)
    taken.length = 0
    const told = await dialogue(['EHLO x', 'MAIL FROM:<> SIZE=99999999'])
    expect(told.at(-1)).toMatch(/^552/)
    expect(taken).toEqual([])
  })

  it('says "later" when the database is away, so that nothing is lost', async () => {
    trouble = new Error('the database is away')
    expect(await handOver([`bounce+abc123def456@${BOUNCE_DOMAIN}`], 'Subject: x\r\n\r\n')).toMatch(/^451 4\.3\.0/)
  })

  it('offers no sign-in, and holds at most twenty connections', async () => {
    const hello = await dialogue(['EHLO x'])
    expect(hello.join('\n')).not.toMatch(/AUTH/)
    const guests = await Promise.all(Array.from({ length: 20 }, () => greeted()))
    expect(guests.every(({ greeting }) => greeting.startsWith('220'))).toBe(true)
    const late = await greeted()
    expect(late.greeting).toMatch(/^421/)
    for (const { socket } of [...guests, late]) socket.destroy()
    await soon(async () => {
      const again = await greeted()
      again.socket.destroy()
      expect(again.greeting).toMatch(/^220/)
    })
  })

  it('takes mail under TLS where it has a certificate, shows a renewed one at once, and keeps a good one', async () => {
    const files = await certificateFiles()
    const secured = await start(openCertificate(files))
    const trusting = (ca: string) => ({ requireTLS: true, tls: { ca, servername: 'localhost' } })
    const give = (subject: string, security: SMTPTransport.Options) =>
      handOver([`bounce+abc123def456@${BOUNCE_DOMAIN}`], `Subject: ${subject}\r\n\r\n`, secured.port, security)
    expect(await give('secured', trusting(OWN_CERTIFICATE))).toMatch(/^250/)
    expect(await give('plain', { ignoreTLS: true })).toMatch(/^250/)
    expect(await give('too early', trusting(RENEWED_CERTIFICATE))).toBe('ESOCKET')
    await Promise.all([writeFile(files.certFile, RENEWED_CERTIFICATE), writeFile(files.keyFile, RENEWED_KEY)])
    expect(await give('renewed', trusting(RENEWED_CERTIFICATE))).toMatch(/^250/)
    await writeFile(files.certFile, 'half a certificate')
    expect(await give('kept', trusting(RENEWED_CERTIFICATE))).toMatch(/^250/)
    expect(taken.map(({ raw }) => raw.trim())).toEqual(
      ['secured', 'plain', 'renewed', 'kept'].map((word) => `Subject: ${word}`),
    )
    await secured.close()
  })

  it('refuses a certificate whose key is another', async () => {
    const files = await certificateFiles()
    await writeFile(files.keyFile, RENEWED_KEY)
    expect(() => openCertificate(files)).toThrow(/mismatch/)
  })

  it('survives nonsense and clients that hang up in the middle', async () => {
    const { socket } = await greeted()
    socket.write(`EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<bounce+abc123def456@${BOUNCE_DOMAIN}>\r\nDATA\r\nSubject: half`)
    socket.destroy()
    await dialogue(['\0\0\0', 'DATA'])
    expect(await handOver([`bounce+abc123def456@${BOUNCE_DOMAIN}`], 'Subject: whole\r\n\r\n')).toMatch(/^250/)
    expect(taken.map(({ raw }) => raw)).toEqual(['Subject: whole\r\n\r\n'])
  })

  it('closes with clients still connected, and takes nobody then', async () => {
    const other = await start()
    const { socket } = await greeted(other.port)
    await other.close()
    socket.destroy()
    expect(await handOver([`bounce+abc123def456@${BOUNCE_DOMAIN}`], 'x', other.port)).toBe('ESOCKET')
  })
})

/** A certificate and its key, in files of this test's own. */
async function certificateFiles() {
  const folder = await temporaryFolder()
  const [certFile, keyFile] = [join(folder, 'chain.pem'), join(folder, 'key.pem')]
  await Promise.all([writeFile(certFile, OWN_CERTIFICATE), writeFile(keyFile, OWN_KEY)])
  return { certFile, keyFile }
}

/** A connection, and the first line that it was told. */
const greeted = (port = receiver.port): Promise<{ socket: Socket; greeting: string }> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('error', reject)
    socket.once('data', (line) => {
      socket.on('error', () => {})
      resolve({ socket, greeting: line.toString() })
    })
  })

/** Says these lines one after the other; answers what came back to each. */
async function dialogue(lines: string[]): Promise<string[]> {
  const { socket } = await greeted()
  const answers: string[] = []
  for (const line of lines) {
    socket.write(`${line}\r\n`)
    answers.push(await new Promise((resolve) => socket.once('data', (answer) => resolve(answer.toString()))))
  }
  socket.destroy()
  return answers
}
