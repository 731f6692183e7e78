import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type BadSettings, type Environment, readConfig } from '../api/config.ts'
import { keptSecret } from '../api/secret.ts'
import { explain } from '../api/start-failures.ts'

const SMTP = { SMTP_URL: 'smtp://mail.example.com', MAIL_FROM: 'Example Status <status@example.com>' }
const BOUNCES = { BOUNCE_DOMAIN: 'bounce.example.com', BOUNCE_SMTP_PORT: '2525' }
const TWILIO = { TWILIO_ACCOUNT_SID: 'AC123', TWILIO_AUTH_TOKEN: 'token', TWILIO_FROM: '+15005550006' }

/** The names of the settings that are complained about. */
function complaints(environment: Environment): string[] {
  try {
    readConfig(environment)
    return []
  } catch (error) {
    return (error as BadSettings).problems.map(({ setting }) => setting)
  }
}

describe('without any setting', () => {
  const config = readConfig({})
  it('everything has a value that works on this machine alone', () => {
    expect(config).toMatchObject({
      listen: { host: '127.0.0.1', port: 3000 },
      urls: { site: 'http://localhost:3000', api: 'http://localhost:3000' },
      data: { folder: join(process.cwd(), 'data'), site: join(process.cwd(), 'data', 'site'), publishTo: [] },
      roles: { web: true, worker: true },
      mail: null,
      sms: null,
      dkim: null,
      smsRules: { segmentsPerSecond: 1, countries: [], optOut: 'twilio' },
      logLevel: 'info',
      secrets: { databaseUrl: null, signing: [] },
      warnings: [],
    })
  })
  it('a setting that is there but empty counts as not set', () => {
    expect(readConfig({ PORT: '', SMTP_URL: ' ', ROLES: '' })).toEqual(config)
  })
})

describe('a good setting', () => {
  it('of the port moves the addresses along', () => {
    expect(readConfig({ PORT: '8080' }).urls).toEqual({ site: 'http://localhost:8080', api: 'http://localhost:8080' })
  })
  it('of an address loses the slash at its end, and the API follows the page', () => {
    expect(readConfig({ PUBLIC_URL: 'https://status.example.com/' }).urls.api).toBe('https://status.example.com')
  })
  it('of mail asks for TLS outside this machine, and only there', () => {
    expect(readConfig(SMTP).mail?.server).toEqual({
      host: 'mail.example.com',
      port: 587,
      secure: false,
      requireTls: true,
    })
    const local = readConfig({ ...SMTP, SMTP_URL: 'smtp://127.0.0.1:2525' })
    expect(local.mail?.server).toEqual({ host: '127.0.0.1', port: 2525, secure: false, requireTls: false })
    expect(readConfig({ ...SMTP, SMTP_URL: 'smtps://mail.example.com' }).mail?.server).toMatchObject({
      port: 465,
      secure: true,
    })
  })
  it('of mail keeps its password among the secrets', () => {
    const config = readConfig({ ...SMTP, SMTP_URL: 'smtp://joe:p%40ss@mail.example.com' })
    expect(config.secrets.smtpLogin).toEqual({ user: 'joe', password: 'p@ss' })
    expect(JSON.stringify(config.mail)).not.toContain('p@ss')
    expect(config.mail?.from).toEqual({ name: 'Example Status', address: 'status@example.com' })
    expect(config.mail?.fromConfirm).toEqual(config.mail?.from)
  })
  it('of further folders for the page names each', () => {
    expect(readConfig({ PUBLISH_TO: '/srv/www, /mnt/elsewhere' }).data.publishTo).toEqual([
      '/srv/www',
      '/mnt/elsewhere',
    ])
  })
  it('of Twilio keeps its token among the secrets', () => {
    const config = readConfig({ ...TWILIO, TWILIO_API_URL: 'http://127.0.0.1:9999/', SMS_COUNTRIES: 'de,+43' })
    expect(config.sms).toEqual({
      accountSid: 'AC123',
      messagingServiceSid: null,
      from: '+15005550006',
      apiUrl: 'http://127.0.0.1:9999',
    })
    expect(config.secrets.twilioAuthToken).toBe('token')
    expect(config.smsRules.countries).toEqual(['DE', '43'])
  })
  it('of a hub is kept as it stands, a slash at its end included', () => {
    expect(readConfig({ WEBSUB_HUB: 'https://hub.example.com/ping/' }).websubHub).toBe('https://hub.example.com/ping/')
  })
  it('of several secrets keeps their order: the first signs', () => {
    expect(readConfig({ SECRET: 'new, old' }).secrets.signing).toEqual(['new', 'old'])
  })
  it('of an exception from the guard of webhooks is said loudly', () => {
    expect(readConfig({ WEBHOOK_ALLOW: '127.0.0.1:9000' }).warnings.join()).toContain('127.0.0.1:9000')
  })
})

describe('a wrong setting is complained about by its name', () => {
  const cases: [string, Environment, string[]][] = [
    ['a port that is none', { PORT: 'http' }, ['PORT']],
    ['a port out of range', { PORT: '65536' }, ['PORT']],
    ['port 0, which nobody could be told', { PORT: '0' }, ['PORT']],
    ['a host with a scheme', { HOST: 'http://localhost' }, ['HOST']],
    ['a page without a scheme', { PUBLIC_URL: 'status.example.com' }, ['PUBLIC_URL']],
    ['a page under a path', { PUBLIC_URL: 'https://example.com/status' }, ['PUBLIC_URL']],
    ['an API over http elsewhere', { API_URL: 'http://status.example.com' }, ['API_URL']],
    ['a page over http elsewhere that the API would follow', { PUBLIC_URL: 'http://status.example.com' }, ['API_URL']],
    [
      'a page over http elsewhere, but a safe API',
      { PUBLIC_URL: 'http://s.example.com', API_URL: 'https://a.example.com' },
      [],
    ],
    ['an API over http on this machine', { API_URL: 'http://127.0.0.1:3000' }, []],
    ['an unknown role', { ROLES: 'web,king' }, ['ROLES']],
    ['a database of another make', { DATABASE_URL: 'mysql://localhost/x', SECRET: 's' }, ['DATABASE_URL']],
    ['an external database without a secret', { DATABASE_URL: 'postgres://localhost/x' }, ['SECRET']],
    ['an empty secret among others', { SECRET: 'new,,old' }, ['SECRET']],
    ['a site that holds the data', { DATA_DIR: '/srv/sitrep/data', SITE_DIR: '/srv/sitrep' }, ['SITE_DIR']],
    ['a target that holds the data', { DATA_DIR: '/srv/data', PUBLISH_TO: '/srv/www,/srv' }, ['PUBLISH_TO']],
    ['a bucket, which nothing is published to yet', { PUBLISH_TO: '/srv/www,s3://bucket/site' }, ['PUBLISH_TO']],
    ['a target that is no folder', { PUBLISH_TO: 'ftp://example.com' }, ['PUBLISH_TO']],
    ['mail without a sender', { SMTP_URL: SMTP.SMTP_URL }, ['MAIL_FROM']],
    ['a sender without mail', { MAIL_FROM: 'a@example.com' }, ['SMTP_URL']],
    ['a mail server that is no address', { ...SMTP, SMTP_URL: 'mail.example.com:25' }, ['SMTP_URL']],
    ['a sender that is two', { ...SMTP, MAIL_FROM: 'a@example.com, b@example.com' }, ['MAIL_FROM']],
    ['a sender with a line break', { ...SMTP, MAIL_FROM: 'A\r\nBcc: x@example.com <a@example.com>' }, ['MAIL_FROM']],
    ['no connection to the mail server', { ...SMTP, SMTP_CONNECTIONS: '0' }, ['SMTP_CONNECTIONS']],
    ['a rate of nothing', { ...SMTP, SMTP_RATE: '0' }, ['SMTP_RATE']],
    ['half of DKIM', { DKIM_DOMAIN: 'example.com' }, ['DKIM_SELECTOR', 'DKIM_KEY_FILE']],
    [
      'a key that is not there',
      { DKIM_DOMAIN: 'example.com', DKIM_SELECTOR: 's1', DKIM_KEY_FILE: '/nowhere/key' },
      ['DKIM_KEY_FILE'],
    ],
    ['half of a certificate', { ...BOUNCES, BOUNCE_TLS_CERT_FILE: import.meta.filename }, ['BOUNCE_TLS_KEY_FILE']],
    ['a receiver of bounces without a domain', { BOUNCE_SMTP_PORT: '2525' }, ['BOUNCE_SMTP_PORT']],
    [
      'a receiver of bounces on the port of the pages',
      { BOUNCE_SMTP_PORT: '3000', BOUNCE_DOMAIN: 'bounce.example.com' },
      ['BOUNCE_SMTP_PORT'],
    ],
    ['a domain of bounces that is none', { BOUNCE_DOMAIN: 'localhost' }, ['BOUNCE_DOMAIN']],
    ['a mailto that is no address', { UNSUBSCRIBE_MAILTO: 'mailto:x' }, ['UNSUBSCRIBE_MAILTO']],
    ['Twilio without a token', { TWILIO_ACCOUNT_SID: 'AC1', TWILIO_FROM: '+15005550006' }, ['TWILIO_AUTH_TOKEN']],
    ['Twilio without a sender', { TWILIO_ACCOUNT_SID: 'AC1', TWILIO_AUTH_TOKEN: 't' }, ['TWILIO_FROM']],
    ['an account that is none', { ...TWILIO, TWILIO_ACCOUNT_SID: 'XX1' }, ['TWILIO_ACCOUNT_SID']],
    ['another Twilio over http elsewhere', { ...TWILIO, TWILIO_API_URL: 'http://example.com' }, ['TWILIO_API_URL']],
    ['somebody else who answers STOP', { TWILIO_OPT_OUT: 'nobody' }, ['TWILIO_OPT_OUT']],
    ['a rate below nothing', { SMS_SEGMENTS_PER_SECOND: '-1' }, ['SMS_SEGMENTS_PER_SECOND']],
    ['a country by its name', { SMS_COUNTRIES: 'Germany' }, ['SMS_COUNTRIES']],
    ['a proxy that is no network', { TRUSTED_PROXIES: '10.0.0.0/33' }, ['TRUSTED_PROXIES']],
    ['a webhook without a port', { WEBHOOK_ALLOW: 'localhost' }, ['WEBHOOK_ALLOW']],
    ['a dead man without TLS', { DEADMAN_URL: 'http://example.com/ping' }, ['DEADMAN_URL']],
    ['a hub without TLS', { WEBSUB_HUB: 'http://hub.example.com/' }, ['WEBSUB_HUB']],
    ['a hub with a password, which feeds would show', { WEBSUB_HUB: 'https://a:b@hub.example.com/' }, ['WEBSUB_HUB']],
    ['a hub that is no address', { WEBSUB_HUB: 'hub' }, ['WEBSUB_HUB']],
    ['a topic that is no ARN', { SES_TOPIC_ARN: 'bounces' }, ['SES_TOPIC_ARN']],
    ['a key that is too short', { SENDGRID_PUBLIC_KEY: 'abc' }, ['SENDGRID_PUBLIC_KEY']],
    ['a key that is no public key', { SENDGRID_PUBLIC_KEY: 'A'.repeat(120) }, ['SENDGRID_PUBLIC_KEY']],
    ['a level nobody knows', { LOG_LEVEL: 'loud' }, ['LOG_LEVEL']],
  ]
  it.each(cases)('%s', (_, environment, names) => {
    expect(complaints(environment)).toEqual(names)
  })

  it('all of them at once, each with how to mend it', () => {
    const wrong = {
      PUBLISH_TO: 's3://bucket?region=x',
      PORT: 'x',
      ROLES: 'king',
      LOG_LEVEL: 'loud',
      MAIL_FROM: 'nobody',
      TWILIO_FROM: '+15005550006',
    }
    const names = [
      'PUBLISH_TO',
      'PORT',
      'SMTP_URL',
      'TWILIO_ACCOUNT_SID',
      'TWILIO_AUTH_TOKEN',
      'ROLES',
      'LOG_LEVEL',
      'MAIL_FROM',
    ]
    expect(complaints(wrong).toSorted()).toEqual(names.toSorted())
    const told = explain(catchError(() => readConfig(wrong)))
    for (const name of names) expect(told).toMatch(new RegExp(`^ {2}${name} +\\S`, 'm'))
    expect(told).toContain('"s3://bucket?region=x": s3 targets cannot be published to yet; name a folder')
    expect(told.split('\n').length).toBeLessThan(20)
  })
})

function catchError(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return error
  }
}

describe('the secret of a data folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sitrep-secret-'))
  afterAll(() => rm(folder, { recursive: true }))

  it('is made once, the same for all who ask at the same time, and read by its owner alone', async () => {
    const secrets = await Promise.all(Array.from({ length: 8 }, () => keptSecret(join(folder, 'data'))))
    expect(new Set(secrets).size).toBe(1)
    expect(secrets[0]!.length).toBeGreaterThanOrEqual(43)
    expect((await stat(join(folder, 'data', 'secret'))).mode & 0o777).toBe(0o600)
    expect((await readFile(join(folder, 'data', 'secret'), 'utf8')).trim()).toBe(secrets[0])
  })
})

describe('a start that fails', () => {
  const plan = { host: '127.0.0.1', port: 3000, dataDir: '/srv/data' }
  it.each([
    ['a port that is taken', { code: 'EADDRINUSE', syscall: 'listen' }, /Port 3000 .* taken.*PORT/],
    ['a port for the mighty', { code: 'EACCES', syscall: 'listen' }, /port 3000.*1023/],
    [
      'a folder that cannot be written',
      { code: 'EACCES', path: '/srv/data' },
      /\/srv\/data cannot be written.*DATA_DIR/,
    ],
    ['a disk that cannot be written', { code: 'EROFS', path: '/srv/data' }, /\/srv\/data.*read-only/],
    ['a full disk', { code: 'ENOSPC' }, /no space left/],
    ['a file in the way of the folder', { code: 'ENOTDIR', path: '/srv/data' }, /\/srv\/data is no folder/],
    ['a foreign host', { code: 'EADDRNOTAVAIL', syscall: 'listen' }, /HOST 127.0.0.1/],
    ['something nobody thought of', {}, /boom for j\*\*\*@example.com/],
  ])('because of %s says so on one screen', (_, fields, told) => {
    const message = explain(Object.assign(new Error('boom for joe@example.com'), fields), plan)
    expect(message).toMatch(told)
    expect(message.split('\n').length).toBeLessThan(8)
  })
})
