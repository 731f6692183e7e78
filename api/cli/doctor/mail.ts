import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Config } from '../../config.ts'
import { dkimProblem } from '../../delivery/dkim.ts'
import { smtpProblem } from '../../delivery/smtp-check.ts'
import { DAY } from '../../domain/duration.ts'
import { about, type Finding } from '../../domain/finding.ts'
import { dmarcNames, judgeMailDns, type MailDns, type Records } from '../../domain/mail-dns.ts'
import type { Names } from './names.ts'
import type { Patient } from './patient.ts'

const { ok, warn, fail } = about('mail')

/** Whether the mail server lets us in, without sending anything, and whether receivers can trust what we send. */
export async function examineMail(patient: Patient): Promise<Finding[]> {
  const { config, names } = patient
  const { mail } = config
  if (!mail)
    return [warn('No mail server is set: mail goes to the mailbox and leaves nowhere.', 'Set SMTP_URL and MAIL_FROM.')]
  const { host, port, secure, requireTls } = mail.server
  const problem = await smtpProblem({ server: mail.server, login: config.secrets.smtpLogin })
  const server = problem
    ? fail(`${host}:${port} does not take mail from us: ${problem}`, 'Correct SMTP_URL, or let this machine reach it.')
    : ok(
        `${host}:${port} lets us in${secure || requireTls ? ', with TLS' : ''}${config.secrets.smtpLogin ? ' and sign-in' : ''}.`,
      )
  const keys = [...(await examineKey(config)), ...(await examineCertificate(patient))]
  return [server, ...keys, ...judgeMailDns(await dnsOf(config, mail.from.address, names)), oneClick(config)]
}

async function examineKey({ dkim }: Config): Promise<Finding[]> {
  if (!dkim) return []
  const privateKey = await readFile(dkim.keyFile, 'utf8')
  const problem = await dkimProblem({ ...dkim, privateKey })
  return problem ? [about('dkim').fail(problem, 'Make one: openssl genrsa -out dkim.pem 2048')] : []
}

/** Who renews by machine does so a month before the end: less than this is left only where that fails. */
const RENEWED_BEFORE = 14 * DAY

/** Of the built-in receiver: some mail servers hand over nothing where it has run out. */
async function examineCertificate({ config: { bounces }, machineNow }: Patient): Promise<Finding[]> {
  if (!bounces.tls) return []
  const { ok, warn, fail } = about('bounces-tls')
  const renew = 'Renew it; the receiver shows the new one at once.'
  try {
    const { validToDate } = new X509Certificate(await readFile(bounces.tls.certFile))
    const left = validToDate.getTime() - machineNow()
    const until = `The certificate of BOUNCE_TLS_CERT_FILE is good until ${validToDate.toISOString().slice(0, 10)}.`
    if (left <= 0) return [fail(until, renew)]
    return [left < RENEWED_BEFORE ? warn(until, renew) : ok(until)]
  } catch (error) {
    return [fail(`BOUNCE_TLS_CERT_FILE is no certificate: ${(error as Error).message}`, 'Name a PEM file.')]
  }
}

async function dnsOf({ bounces, dkim }: Config, from: string, names: Names): Promise<MailDns> {
  const fromDomain = from.slice(from.lastIndexOf('@') + 1)
  const envelopeDomain = bounces.domain ?? fromDomain
  const key = dkim && `${dkim.selector}._domainkey.${dkim.domain}`
  return {
    fromDomain,
    envelopeDomain,
    spf: await names.txt(envelopeDomain),
    dkim: dkim && {
      name: key!,
      domain: dkim.domain,
      publicKey: publicKeyOf(await readFile(dkim.keyFile, 'utf8')),
      records: await names.txt(key!),
    },
    dmarc: await dmarcOf(fromDomain, names),
    bounceMx: bounces.domain === null ? null : await names.mx(bounces.domain),
  }
}

/** The nearest record, from the domain upward. */
async function dmarcOf(domain: string, names: Names): Promise<Records> {
  for (const name of dmarcNames(domain)) {
    const records = await names.txt(name)
    if (records !== null) return records
  }
  return null
}

/** As it stands in the DNS: SubjectPublicKeyInfo, base64 (RFC 6376, 3.6.1). Empty where the key cannot be read. */
function publicKeyOf(pem: string): string {
  try {
    return createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'der' }).toString('base64')
  } catch {
    return ''
  }
}

/** One click counts only over https, and signed (standards E2). */
function oneClick({ urls, dkim }: Config): Finding {
  const one = about('one-click')
  if (!urls.api.startsWith('https:'))
    return one.warn(
      `Unsubscribing by one click needs https; API_URL is ${urls.api}.`,
      'Put a proxy with TLS in front and set API_URL.',
    )
  if (!dkim) return one.warn('Unsubscribing by one click counts only in signed mail.', 'Set the DKIM_ settings.')
  return one.ok('Mail can be unsubscribed from by one click.')
}
