import { about, type Finding } from './finding.ts'

/** What the names of a mail set-up say; `null`: there is no such record; 'unknown': it could not be asked. */
export type Records = string[] | null | 'unknown'

/** Everything about our mail that stands in the DNS. */
export interface MailDns {
  /** Of MAIL_FROM. */
  fromDomain: string
  /** Of the sender that servers see: BOUNCE_DOMAIN, else that of MAIL_FROM. */
  envelopeDomain: string
  spf: Records
  /** Null without DKIM settings. */
  dkim: { name: string; domain: string; publicKey: string; records: Records } | null
  dmarc: Records
  /** Null without BOUNCE_DOMAIN. */
  bounceMx: Records
}

/** What receivers ask of a sender of many mails, as far as names tell it (standards E43). */
export const judgeMailDns = (dns: MailDns): Finding[] => [
  judgeSpf(dns),
  judgeDkim(dns),
  judgeDmarc(dns),
  ...judgeMx(dns),
]

const NOT_TESTABLE = 'Run doctor where names resolve, such as on the server itself.'

/** RFC 7208: exactly one record, which may not let everybody through. */
function judgeSpf({ envelopeDomain: domain, fromDomain, spf }: MailDns): Finding {
  const { ok, warn, fail } = about('spf')
  if (spf === 'unknown') return warn(`SPF of ${domain} could not be asked.`, NOT_TESTABLE)
  const records = (spf ?? []).filter((text) => /^v=spf1(\s|$)/i.test(text))
  if (records.length === 0)
    return warn(
      `${domain} has no SPF record.`,
      `Publish one that names your mail server: ${domain} TXT "v=spf1 include:… -all"`,
    )
  if (records.length > 1)
    return fail(
      `${domain} has ${records.length} SPF records, so that none counts.`,
      'Join them into one (RFC 7208, 4.5).',
    )
  if (/(\s|^)\+?all(\s|$)/i.test(records[0]!))
    return fail(`The SPF record of ${domain} lets everybody send: "${records[0]}".`, 'End it with -all or ~all.')
  if (!areAligned(domain, fromDomain))
    return warn(
      `SPF of ${domain} says nothing of ${fromDomain}.`,
      'Choose a BOUNCE_DOMAIN below the domain of MAIL_FROM, or rely on DKIM.',
    )
  return ok(`${domain} has one SPF record.`)
}

/** RFC 6376: the record's key has to be that of DKIM_KEY_FILE. */
function judgeDkim({ fromDomain, dkim }: MailDns): Finding {
  const { ok, warn, fail } = about('dkim')
  if (!dkim)
    return warn(
      'Mail is not signed by us, so unsubscribing by one click does not count (RFC 8058).',
      'Set DKIM_DOMAIN, DKIM_SELECTOR and DKIM_KEY_FILE, or make sure that your mail server signs List-Unsubscribe-Post as well.',
    )
  const { name, domain, publicKey, records } = dkim
  if (records === 'unknown') return warn(`${name} could not be asked.`, NOT_TESTABLE)
  const publish = `Publish it: ${name} TXT "v=DKIM1; k=rsa; p=${publicKey}"`
  const keys = (records ?? []).flatMap((text) => /(?:^|;)\s*p=([^;]*)/i.exec(text)?.[1]?.replace(/\s/g, '') ?? [])
  if (keys.length === 0) return fail(`${name} has no key, so that every signature is refused.`, publish)
  if (!keys.includes(publicKey)) return fail(`The key in ${name} is not that of DKIM_KEY_FILE.`, publish)
  if (!areAligned(domain, fromDomain))
    return warn(`DKIM_DOMAIN ${domain} is not the domain of MAIL_FROM.`, `Sign as ${fromDomain}: DMARC asks for it.`)
  return ok(`${name} has the key of DKIM_KEY_FILE.`)
}

/** RFC 9989: without it large receivers refuse who sends to many. */
function judgeDmarc({ fromDomain, dmarc }: MailDns): Finding {
  const { ok, warn, fail } = about('dmarc')
  if (dmarc === 'unknown') return warn(`DMARC of ${fromDomain} could not be asked.`, NOT_TESTABLE)
  const records = (dmarc ?? []).filter((text) => /^v=DMARC1\s*(;|$)/.test(text))
  const publish = `Publish one: _dmarc.${fromDomain} TXT "v=DMARC1; p=none; rua=mailto:…"`
  if (records.length === 0) return warn(`${fromDomain} has no DMARC record.`, publish)
  if (records.length > 1)
    return fail(`${fromDomain} has ${records.length} DMARC records, so that none counts.`, 'Keep one.')
  const policy = /;\s*p=\s*(none|quarantine|reject)\s*(;|$)/i.exec(records[0]!)?.[1]
  if (!policy) return fail(`The DMARC record of ${fromDomain} names no policy.`, publish)
  return ok(`${fromDomain} has a DMARC record, policy ${policy.toLowerCase()}.`)
}

function judgeMx({ envelopeDomain, fromDomain, bounceMx }: MailDns): Finding[] {
  const { ok, warn, fail } = about('bounces')
  if (envelopeDomain === fromDomain)
    return [
      warn(
        'Without BOUNCE_DOMAIN nobody notices addresses that no longer exist.',
        'Set BOUNCE_DOMAIN to a name whose mail reaches Sitrep.',
      ),
    ]
  if (bounceMx === 'unknown') return [warn(`MX of ${envelopeDomain} could not be asked.`, NOT_TESTABLE)]
  if (!bounceMx || bounceMx.length === 0)
    return [
      fail(
        `${envelopeDomain} has no MX, so that bounces come back to nobody.`,
        `Publish one that names the machine with BOUNCE_SMTP_PORT.`,
      ),
    ]
  return [ok(`Bounces to ${envelopeDomain} go to ${bounceMx.join(', ')}.`)]
}

/** Relaxed alignment (RFC 9989), as far as it can be told without a list of public suffixes: one lies below the other. */
const areAligned = (one: string, other: string): boolean =>
  one === other || one.endsWith(`.${other}`) || other.endsWith(`.${one}`)

/** Where DMARC is looked for: at the domain, then above it. */
export const dmarcNames = (domain: string): string[] =>
  domain.split('.').flatMap((_, at, parts) => (parts.length - at >= 2 ? [`_dmarc.${parts.slice(at).join('.')}`] : []))
