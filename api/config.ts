import { join, sep } from 'node:path'
import { host, hostAndPort, listOf, network, oneOf, path, port, text } from './config/kinds.ts'
import { readBounces, readDkim, readMail, readSms, readSmsRules } from './config/mail.ts'
import { type Environment, type Kind, type Problem, type Settings, settingsOf } from './config/settings.ts'
import { baseUrl, databaseUrl, foreignUrl, isLoopback, publicForeignUrl } from './config/urls.ts'

export type { DkimConfig, MailConfig, SmsConfig } from './config/mail.ts'
export type { Environment, Problem } from './config/settings.ts'

/** Settings that cannot be used: all of them, at once. */
export class BadSettings extends Error {
  override name = 'BadSettings'
  readonly problems: Problem[]
  constructor(problems: Problem[]) {
    super(problems.map(({ setting, message }) => `${setting}: ${message}`).join('\n'))
    this.problems = problems
  }
}

export type Config = ReturnType<typeof readAll>

/**
 * Everything that contract section 2 lets one set, decided: the only place that knows the environment. Throws
 * `BadSettings` with every problem, each naming the setting and how to mend it.
 */
export function readConfig(environment: Environment = process.env): Config {
  const settings = settingsOf(environment)
  const config = readAll(settings)
  if (settings.problems.length > 0) throw new BadSettings(settings.problems)
  return config
}

function readAll(settings: Settings) {
  const listen = { host: settings.read('HOST', host, '127.0.0.1'), port: settings.read('PORT', port, 3000) }
  const mail = readMail(settings)
  const sms = readSms(settings)
  const bounces = readBounces(settings)
  if (bounces.smtpPort === listen.port)
    settings.complain('BOUNCE_SMTP_PORT', 'it is the PORT of pages and hooks; use one of its own')
  return {
    listen,
    urls: readUrls(settings, listen.port),
    data: readFolders(settings),
    roles: readRoles(settings),
    mail: mail?.mail ?? null,
    dkim: readDkim(settings),
    bounces,
    sms: sms?.sms ?? null,
    smsRules: readSmsRules(settings),
    trustedProxies: settings.read('TRUSTED_PROXIES', listOf(network), []),
    webhookAllow: readWebhookAllow(settings),
    deadmanUrl: settings.read('DEADMAN_URL', foreignUrl, null),
    websubHub: settings.read('WEBSUB_HUB', publicForeignUrl, null),
    logLevel: settings.read(
      'LOG_LEVEL',
      oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
      'info' as const,
    ),
    secrets: { ...readSecrets(settings), smtpLogin: mail?.login ?? null, twilioAuthToken: sms?.token ?? null },
    /** To be said loudly at the start. */
    warnings: settings.warnings,
  }
}

/** http is for this machine alone, where the console's cookie needs no TLS (standards X1). */
function readUrls(settings: Settings, ownPort: number): { site: string; api: string } {
  const site = settings.read('PUBLIC_URL', baseUrl, `http://localhost:${ownPort}`)
  const api = settings.read('API_URL', baseUrl, site)
  const open = new URL(api).protocol === 'http:' && !isLoopback(new URL(api).hostname)
  const why = 'passwords would cross the network in clear text'
  if (open && settings.isSet('API_URL')) settings.complain('API_URL', `use https, or http on localhost: ${why}`)
  else if (open)
    settings.complain(
      'API_URL',
      `it follows PUBLIC_URL, which is http: ${why}. Set it to an https address, or to http on localhost`,
    )
  return { site, api }
}

/** The published site is for any web server to serve: nothing else of ours may lie within. */
function readFolders(settings: Settings) {
  const folder = settings.read('DATA_DIR', path, join(process.cwd(), 'data'))
  const site = settings.read('SITE_DIR', path, join(folder, 'site'))
  const publishTo = settings.read('PUBLISH_TO', listOf(publishFolder), [])
  if (isWithin(folder, site))
    settings.complain('SITE_DIR', 'it holds DATA_DIR, whose secrets would be published; use a folder of its own')
  if (publishTo.some((target) => isWithin(folder, target)))
    settings.complain('PUBLISH_TO', 'it holds DATA_DIR, whose secrets would be published; use a folder of its own')
  return { folder, site, publishTo, mailbox: join(folder, 'mailbox') }
}

function readRoles(settings: Settings): { web: boolean; worker: boolean } {
  const roles = settings.read('ROLES', listOf(oneOf('web', 'worker')), ['web', 'worker'])
  if (!settings.isSet('DATABASE_URL') && !roles.includes('worker'))
    settings.warnings.push('ROLES is without worker on the embedded database: nothing will be delivered.')
  return { web: roles.includes('web'), worker: roles.includes('worker') }
}

function readWebhookAllow(settings: Settings): string[] {
  const allowed = settings.read('WEBHOOK_ALLOW', listOf(hostAndPort), [])
  if (allowed.length > 0)
    settings.warnings.push(`WEBHOOK_ALLOW lets webhooks reach ${allowed.join(', ')}, private addresses or not.`)
  return allowed
}

function readSecrets(settings: Settings) {
  const database = settings.read('DATABASE_URL', databaseUrl, null)
  const signing = settings.read('SECRET', listOf(secret), [])
  if (settings.isSet('DATABASE_URL') && !settings.isSet('SECRET'))
    settings.complain(
      'SECRET',
      'set it to a long random text, the same for every process (openssl rand -hex 32): with DATABASE_URL there is no folder to keep one in',
    )
  if (signing.some((one) => one.length < 32))
    settings.warnings.push('SECRET is shorter than 32 characters: use a long random text (openssl rand -hex 32).')
  const hookKey = (name: string) => {
    const key = settings.read(name, text, null)
    if (key !== null && key.length < 16)
      settings.warnings.push(`${name} is shorter than 16 characters: use a long random text (openssl rand -hex 32).`)
    return key
  }
  return {
    /** An external PostgreSQL; null: the embedded one. */
    databaseUrl: database,
    /** The first signs, all verify; empty: the one that is kept in the data folder. */
    signing,
    metricsToken: settings.read('METRICS_TOKEN', text, null),
    inboundMailKey: hookKey('INBOUND_MAIL_KEY'),
    postmarkHookKey: hookKey('POSTMARK_HOOK_KEY'),
  }
}

const secret: Kind<string> = (value) =>
  value === '' ? { mend: 'an empty secret signs nothing; remove the comma' } : { value }

/** A further place for the published site. */
const publishFolder: Kind<string> = (value) => {
  if (/^s3:\/\//i.test(value)) return { mend: 's3 targets cannot be published to yet; name a folder' }
  return value === '' || /^[a-z0-9]+:\/\//i.test(value) ? { mend: 'use a folder' } : path(value)
}

/** Whether `inner` is `outer` or lies in it. */
export const isWithin = (inner: string, outer: string): boolean =>
  inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep)
