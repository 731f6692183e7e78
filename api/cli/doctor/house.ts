import { access, constants, stat, statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { ages } from '../../../db/queries/health.ts'
import { hubPingsPutOff } from '../../../db/queries/hub-pings.ts'
import { siteTargetStates } from '../../../db/queries/ledger.ts'
import { isLoopback } from '../../config/urls.ts'
import { about, type Finding } from '../../domain/finding.ts'
import type { Patient } from './patient.ts'

const GIB = 2 ** 30
/** Bytes free: less is worth knowing, and less than that stops the database. */
const LITTLE = 2 * GIB
const NOTHING = GIB / 4
/** Seconds that a target may lag behind the database. */
const MAY_LAG = 60

/** Settings, addresses and disks, which need no database. */
export async function examineHouse({ config }: Patient): Promise<Finding[]> {
  const { warn } = about('settings')
  return [
    ...config.warnings.map((text) => warn(text, 'Change the setting, or leave it where it is meant so.')),
    examineHosts(config.urls),
    ...(await Promise.all([...foldersOf({ config })].map(examineDisk))),
  ]
}

/** The console on the page's own host shares its cookies and its fate (standards X17). */
function examineHosts({ site, api }: { site: string; api: string }): Finding {
  const { ok, warn } = about('hosts')
  const [page, console] = [new URL(site).hostname, new URL(api).hostname]
  if (isLoopback(page)) return ok('Page and console are on this machine alone.')
  if (page !== console) return ok(`Page and console have hosts of their own: ${page}, ${console}.`)
  return warn(`Page and console share the host ${page}.`, 'Give the console a host of its own with API_URL.')
}

const foldersOf = ({ config: { data, roles } }: Pick<Patient, 'config'>): Set<string> =>
  new Set([data.folder, ...(roles.web ? [data.site] : []), ...data.publishTo].map((folder) => resolve(folder)))

async function examineDisk(folder: string): Promise<Finding> {
  const { ok, warn, fail } = about('disk')
  const there = await nearest(folder)
  const writable = await access(there, constants.W_OK).then(
    async () => (await stat(there)).isDirectory(),
    () => false,
  )
  if (!writable) return fail(`${folder} cannot be written.`, 'Change its owner, or name another folder.')
  const { bavail, bsize } = await statfs(there)
  const free = bavail * bsize
  const told = `${folder} has ${(free / GIB).toFixed(1)} GiB free`
  if (free < NOTHING) return fail(`${told}.`, 'Make room: a full disk stops database and page.')
  return free < LITTLE ? warn(`${told}.`, 'Make room before it is full.') : ok(`${told} and can be written.`)
}

/** The folder itself, or the nearest above it that is there. */
async function nearest(folder: string): Promise<string> {
  const there = await access(folder).then(
    () => true,
    () => false,
  )
  return there || dirname(folder) === folder ? folder : nearest(dirname(folder))
}

/** Whether the hub takes what feeds have to tell. */
export async function examineHub({ config, db }: Patient): Promise<Finding[]> {
  if (config.websubHub === null) return []
  const { ok, warn } = about('hub')
  const waiting = await hubPingsPutOff(db)
  if (waiting === 0) return [ok('WEBSUB_HUB has been told of every feed that moved, or is about to be.')]
  return [warn(`WEBSUB_HUB does not take what it is told; ${waiting} feeds wait.`, 'Look into the log, or correct it.')]
}

/** Where each target of the published site stands. */
export async function examineTargets({ db }: Patient): Promise<Finding[]> {
  const { ok, warn, fail } = about('page')
  const targets = await siteTargetStates(db)
  if (targets.length === 0) return [ok('Nothing has been published yet.')]
  const newest = Math.max(...targets.map(({ revision }) => revision))
  const { unpublished } = await ages(db)
  const lags = unpublished !== null && unpublished > MAY_LAG
  return targets.map(({ name, state, revision, detail, publishedAt }) => {
    const good = `revision ${revision} of ${publishedAt.toISOString()}`
    if (state === 'failed')
      return fail(`${name} fails and holds ${good}: ${detail}`, 'Mend the folder; publishing tries again by itself.')
    if (lags || revision < newest)
      return warn(`${name} lags behind at ${good}.`, 'Is the process that serves it running? Or: sitrep publish')
    return ok(`${name} is at ${good}.`)
  })
}
