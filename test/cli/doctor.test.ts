import { generateKeyPairSync } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import type { Names } from '../../api/cli/doctor/names.ts'
import { examine } from '../../api/cli/doctor.ts'
import { readConfig } from '../../api/config.ts'
import { findingLines, isSound } from '../../api/domain/finding.ts'
import { closeDatabase, openDatabase } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { hubPings, restores, siteTargets } from '../../db/schema.ts'
import { setUpNorthwind } from '../support/acting.ts'
import { dataFolder } from '../support/data-folder.ts'
import { testDatabase } from '../support/database.ts'
import { OWN_CERTIFICATE, OWN_KEY } from '../support/own-certificate.ts'
import { testSmtp } from '../support/smtp.ts'
import { follow } from '../support/storytelling.ts'

const { db, clock } = await testDatabase()
await setUpNorthwind(db)
const smtp = await testSmtp()
const folder = await dataFolder()
await mkdir(folder, { recursive: true })
const keyFile = join(folder, 'dkim.pem')
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
await writeFile(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }))
const KEY = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')

const SETTINGS = {
  DATA_DIR: folder,
  PUBLIC_URL: 'https://status.northwind.example',
  API_URL: 'https://console.northwind.example',
  SMTP_URL: smtp.url,
  MAIL_FROM: 'status@northwind.example',
  BOUNCE_DOMAIN: 'bounce.northwind.example',
  DKIM_DOMAIN: 'northwind.example',
  DKIM_SELECTOR: 's1',
  DKIM_KEY_FILE: keyFile,
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'f'.repeat(32),
  TWILIO_FROM: '+15005550006',
}
const RECORDS: Record<string, string[]> = {
  'bounce.northwind.example': ['v=spf1 include:mail.example -all', 'something else'],
  's1._domainkey.northwind.example': [`v=DKIM1; k=rsa; p=${KEY}`],
  '_dmarc.northwind.example': ['v=DMARC1; p=reject; rua=mailto:d@northwind.example'],
  'MX bounce.northwind.example': ['console.northwind.example'],
}
const namesOf = (records: Record<string, string[] | 'unknown'>): Names => ({
  txt: async (name) => records[name] ?? null,
  mx: async (name) => records[`MX ${name}`] ?? null,
})
const nobody: Names = { txt: async () => 'unknown', mx: async () => 'unknown' }

interface Given {
  settings?: Record<string, string | undefined>
  records?: Record<string, string[] | 'unknown'>
  names?: Names
  machineNow?: () => number
  of?: typeof db
}
const findings = ({ settings = {}, records = {}, names, machineNow = Date.now, of = db }: Given = {}) =>
  examine({
    config: readConfig({ ...SETTINGS, ...settings }),
    db: of,
    names: names ?? namesOf({ ...RECORDS, ...records }),
    machineNow,
  })

/** The level and words of the worst finding of one check. */
async function worst(check: string, given: Given = {}): Promise<string> {
  const found = (await findings(given)).filter((each) => each.check === check)
  const most = (['fail', 'warn', 'ok'] as const).flatMap((level) => found.filter((each) => each.level === level))[0]
  return most ? `${most.level} ${most.text} ${most.mend ?? ''}` : 'nothing'
}

it('finds nothing wrong where nothing is, in a line each, and sends nothing', async () => {
  const found = await findings()
  expect(found.filter(({ level, check }) => level !== 'ok' && check !== 'disk')).toEqual([])
  expect(isSound(found)).toBe(true)
  for (const line of findingLines(found)) expect(line).toMatch(/^(ok|warn|fail) +[a-z-]+ +\S|^ +→ /)
  expect(smtp.recipients).toEqual([])
})

it('says below what is wrong how to mend it', () => {
  const lines = findingLines([
    { check: 'spf', level: 'warn', text: 'There is none.', mend: 'Publish one.' },
    { check: 'database', level: 'ok', text: 'It answers.', mend: null },
  ])
  expect(lines).toEqual([
    'warn  spf       There is none.',
    '                → Publish one.',
    'ok    database  It answers.',
  ])
})

describe('names', () => {
  const NONE = [] as string[]
  it.each<[string, Record<string, string[] | 'unknown'>, string, RegExp]>([
    ['no SPF', { 'bounce.northwind.example': NONE }, 'spf', /^warn .*has no SPF/],
    [
      'two SPF records',
      { 'bounce.northwind.example': ['v=spf1 -all', 'v=spf1 a ~all'] },
      'spf',
      /^fail .*2 SPF records/,
    ],
    ['SPF for everybody', { 'bounce.northwind.example': ['v=spf1 +all'] }, 'spf', /^fail .*everybody/],
    ['no DKIM record', { 's1._domainkey.northwind.example': NONE }, 'dkim', /^fail .*has no key.*p=MII/],
    ['a revoked key', { 's1._domainkey.northwind.example': ['v=DKIM1; p='] }, 'dkim', /^fail .*is not that of/],
    [
      'the key of another',
      { 's1._domainkey.northwind.example': ['v=DKIM1; p=MIIBIjAN'] },
      'dkim',
      /^fail .*is not that of/,
    ],
    ['no DMARC', { '_dmarc.northwind.example': NONE }, 'dmarc', /^warn .*no DMARC/],
    [
      'DMARC without policy',
      { '_dmarc.northwind.example': ['v=DMARC1; rua=mailto:x@y.example'] },
      'dmarc',
      /^fail .*no policy/,
    ],
    ['nowhere for bounces', { 'MX bounce.northwind.example': NONE }, 'bounces', /^fail .*no MX/],
  ])('with %s, say so', async (_title, records, check, said) => {
    expect(await worst(check, { records })).toMatch(said)
  })

  it('that do not resolve here are not held against anybody', async () => {
    const found = await findings({ names: nobody })
    expect(found.filter(({ level }) => level === 'fail')).toEqual([])
    for (const check of ['spf', 'dkim', 'dmarc', 'bounces'])
      expect(await worst(check, { names: nobody })).toMatch(/^warn .*could not be asked/)
  })

  it('of DMARC are looked for above the domain too', async () => {
    const settings = { MAIL_FROM: 'status@mail.northwind.example' }
    expect(await worst('dmarc', { settings })).toMatch(/^ok .*policy reject/)
  })
})

describe('mail', () => {
  it('that nobody takes is a failure with the server in it', async () => {
    expect(await worst('mail', { settings: { SMTP_URL: 'smtp://127.0.0.1:1' } })).toMatch(
      /^fail 127.0.0.1:1 does not.*ECONNREFUSED/,
    )
  })

  it('that goes to the mailbox is a warning', async () => {
    const none = { SMTP_URL: '', MAIL_FROM: '' }
    expect(await worst('mail', { settings: none })).toMatch(/^warn No mail server is set/)
  })

  it('cannot be left by one click without https or without a signature', async () => {
    const plain = { API_URL: 'http://localhost:3000' }
    expect(await worst('one-click', { settings: plain })).toMatch(/^warn .*needs https/)
    const unsigned = { DKIM_DOMAIN: '', DKIM_SELECTOR: '', DKIM_KEY_FILE: '' }
    expect(await worst('one-click', { settings: unsigned })).toMatch(/^warn .*signed/)
  })
})

describe('the certificate of the bounce receiver', () => {
  it.each([
    ['2126-10-01', /^ok .*good until 2126-11-03/],
    ['2126-10-25', /^warn .*Renew it/],
    ['2126-11-04', /^fail .*Renew it/],
  ])('seen on %s is judged by what is left of it', async (day, said) => {
    const [certFile, ownKey] = [join(folder, 'chain.pem'), join(folder, 'tls-key.pem')]
    await Promise.all([writeFile(certFile, OWN_CERTIFICATE), writeFile(ownKey, OWN_KEY)])
    const tls = { BOUNCE_TLS_CERT_FILE: certFile, BOUNCE_TLS_KEY_FILE: ownKey }
    const settings = { ...tls, BOUNCE_SMTP_PORT: '2525' }
    expect(await worst('bounces-tls', { settings, machineNow: () => Date.parse(day) })).toMatch(said)
  })
})

describe('SMS', () => {
  it('to more than can be reached before the next update of a SEV1 is a warning that says how long it takes', async () => {
    const settings = { SMS_SEGMENTS_PER_SECOND: '0.001' }
    expect(await worst('sms', { settings })).toMatch(/^ok/)
    await follow({ db }, 'sms', '+4915112345678')
    expect(await worst('sms', { settings })).toMatch(/^warn 1 readers by SMS.*PT33M20S.*every PT15M/)
    expect(await worst('sms')).toMatch(/^ok/)
  })

  it('with credentials of another shape is a warning that does not show them', async () => {
    const said = await worst('sms', { settings: { TWILIO_AUTH_TOKEN: 'not a token' } })
    expect(said).toMatch(/^warn TWILIO_AUTH_TOKEN/)
    expect(said).not.toContain('not a token')
  })
})

describe('the database', () => {
  it('whose clock differs from this machine by more than two seconds is a warning', async () => {
    expect(await worst('clock', { machineNow: () => Date.now() + 90_000 })).toMatch(/^warn .*9\d\.\d s ahead of/)
  })

  it('that does not answer is a failure, and the rest is examined all the same', async () => {
    const gone = openDatabase({ socketDirectory: '/nowhere', user: 'nobody', database: 'none' }, 'sitrep test', 1)
    const found = await findings({ of: gone })
    await closeDatabase(gone)
    expect(found.filter(({ level }) => level === 'fail').map(({ check }) => check)).toEqual(['database'])
    expect(found.map(({ check }) => check)).toContain('disk')
  })

  it('that a newer version has used is a failure', async () => {
    const { db: newer } = await testDatabase()
    await newer.execute(
      sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('newer', 9999999999999)`,
    )
    expect(await worst('schema', { of: newer })).toMatch(
      /^fail This process is older than its database: .*a change.* Run the newer version/,
    )
  })

  it('that was restored and not released is a failure', async () => {
    await db.insert(restores).values({ id: newId(), takenAt: await clock.now() })
    expect(await worst('restored')).toMatch(/^fail Filled from a backup.*sitrep release/)
    await db.delete(restores)
    expect(await worst('restored')).toBe('nothing')
  })
})

describe('the house', () => {
  it('warns where page and console share a host, and of every hole in the guard of webhooks', async () => {
    expect(await worst('hosts', { settings: { API_URL: SETTINGS.PUBLIC_URL } })).toMatch(/^warn .*share the host/)
    expect(await worst('settings', { settings: { WEBHOOK_ALLOW: '10.0.0.1:80' } })).toMatch(/^warn WEBHOOK_ALLOW/)
  })

  it('tells a folder that cannot be written', async () => {
    const shut = join(folder, 'shut')
    await writeFile(shut, 'a file where a folder should be')
    const said = await worst('disk', { settings: { PUBLISH_TO: join(shut, 'site') } })
    expect(said).toMatch(/^fail .*shut\/site cannot be written/)
  })

  it('tells of a hub that does not take what feeds have to tell, where there is one', async () => {
    const settings = { WEBSUB_HUB: 'https://hub.example.com/' }
    expect(await worst('hub')).toBe('nothing')
    expect(await worst('hub', { settings })).toMatch(/^ok/)
    await db.insert(hubPings).values({ topic: 'https://x.example/feed.json', attempts: 2, dueAt: await clock.now() })
    expect(await worst('hub', { settings })).toMatch(/^warn .*1 feeds wait/)
    await db.delete(hubPings)
  })

  it('tells which target of the page fails, and why', async () => {
    await db.insert(siteTargets).values({ name: '/srv/mirror', revision: 7, state: 'failed', detail: 'ENOSPC' })
    expect(await worst('page')).toMatch(/^fail \/srv\/mirror fails and holds revision 7.*ENOSPC/)
    await db.delete(siteTargets)
  })
})
