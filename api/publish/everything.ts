import type { Transaction } from '../../db/client.ts'
import { readComponentRecord, readMonth } from '../../db/queries/public-history.ts'
import { incidentsAfter } from '../../db/queries/public-incidents.ts'
import { maintenancesAfter } from '../../db/queries/public-maintenances.ts'
import { readSnapshot } from '../../db/queries/snapshot.ts'
import { monthsSince, utcMonth } from '../domain/days.ts'
import type { SiteAddress } from '../domain/page-views.ts'
import type { IncidentSeen } from '../domain/snapshot.ts'
import { type Bulk, type BulkMade, openBulk } from './bulk.ts'
import {
  type Making,
  makeAssets,
  makeComponent,
  makeIncident,
  makeMaintenance,
  makeMonth,
  makeSingle,
  type Renderer,
  SINGLES,
} from './documents.ts'
import { type Press, print } from './press.ts'
import { free } from './target.ts'

/** How many incidents are read at a time, and how many of those another thread is handed at a time. */
const BATCH = 100
const HANDFUL = 25

interface Everything {
  renderer: Renderer
  address: SiteAddress
  /** Something of ours has been published there before, so what is no longer made can be taken away. */
  ours: boolean
}

/** Makes the whole site: what pages point to first, what lists them then, `/` last. Its memory does not grow with history. */
export async function printEverything(
  press: Press,
  reading: Transaction,
  { renderer, address, ours }: Everything,
): Promise<void> {
  const snapshot = await readSnapshot(reading)
  const making: Making = { snapshot, address, renderer }
  await print(press, [async () => makeAssets(renderer, snapshot.last.at)])
  await printIncidents(press, reading, making, renderer.directory ?? null)
  for await (const maintenances of batches((after) => maintenancesAfter(reading, after, BATCH)))
    await print(
      press,
      maintenances.map((maintenance) => () => makeMaintenance(maintenance, making)),
    )
  for (const component of snapshot.components) {
    const record = await readComponentRecord(reading, component)
    await print(press, [() => makeComponent(record, making)])
  }
  await printMonths(press, reading, making)
  await print(
    press,
    SINGLES.map((key) => () => makeSingle(key, making)),
  )
  await press.outbox.delivered()
  if (press.troubles.length === 0 && ours) await dropLeftovers(press)
}

/** A short history is made right here; from the second batch on, other threads make it where the site is compiled. */
async function printIncidents(press: Press, reading: Transaction, making: Making, directory: string | null) {
  const ahead: Promise<void>[] = []
  let bulk: Bulk | null = null
  let first = true
  const { snapshot, address } = making
  try {
    for await (const incidents of batches((after) => incidentsAfter(reading, after, BATCH))) {
      if (first || directory === null) await printHere(press, incidents, making)
      else {
        bulk ??= openBulk({ directory, snapshot, address })
        for (let start = 0; start < incidents.length; start += HANDFUL) {
          const made = printMade(press, bulk.make(incidents.slice(start, start + HANDFUL)))
          // Whoever waits for it hears of its failure; until then nobody does.
          made.catch(() => {})
          ahead.push(made)
          if (ahead.length >= bulk.width) await ahead.shift()
        }
      }
      first = false
    }
    await Promise.all(ahead)
  } finally {
    await Promise.allSettled(ahead)
    await bulk?.close()
  }
}

const printHere = (press: Press, incidents: readonly IncidentSeen[], making: Making): Promise<void> =>
  print(
    press,
    incidents.map((incident) => () => makeIncident(incident, making)),
  )

async function printMade(press: Press, making: Promise<BulkMade>): Promise<void> {
  const { files, troubles } = await making
  press.troubles.push(...troubles)
  await print(press, [async () => files])
  await press.outbox.delivered()
  for (const { body } of files) free(body)
}

async function printMonths(press: Press, reading: Transaction, making: Making): Promise<void> {
  const { snapshot } = making
  const current = utcMonth(snapshot.last.at)
  for (const name of monthsSince(snapshot.began, snapshot.last.at)) {
    const month = await readMonth(reading, name, snapshot)
    await print(press, [() => makeMonth(month, making, name === current)])
  }
}

async function* batches<Row extends { id: string }>(next: (after: string) => Promise<Row[]>) {
  for (let after = ''; ; ) {
    const rows = await next(after)
    if (rows.length === 0) return
    yield rows
    after = rows.at(-1)!.id
  }
}

const ID = '[a-z0-9]{12}'
const PAGE = `(?:incidents|maintenance|components)/${ID}/index\\.html|history/\\d{4}-\\d\\d/index\\.html`
/** What only we put anywhere; whatever else somebody keeps in the folder is theirs. */
const OURS = new RegExp(
  `^(?:(?:[a-z]{2}/)?(?:${PAGE})|[im]/${ID}/index\\.html|components/${ID}\\.(?:rss|atom)` +
    `|api/v2/incidents/${ID}\\.json|sitemap-\\d{4}-\\d\\d\\.xml)$`,
)

/** Takes away documents that were published once and are no longer: another installation's, mostly. */
async function dropLeftovers({ target, made }: Press): Promise<void> {
  for (const path of await target.list()) if (OURS.test(path) && !made.has(path)) await target.remove(path)
}
