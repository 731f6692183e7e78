import { beforeEach, describe, expect, it } from 'vitest'
import { plus } from '../../api/domain/duration.ts'
import { isFeed } from '../../api/domain/feeds.ts'
import { openSite } from '../../api/http/site.ts'
import { publish } from '../../api/publish/publisher.ts'
import { folderTarget } from '../../api/publish/targets/folder.ts'
import { hubWatch } from '../../api/schedule/hub.ts'
import { newId } from '../../db/ids.ts'
import { oweToHub } from '../../db/queries/hub-pings.ts'
import { hubPings, restores, siteTargets } from '../../db/schema.ts'
import { testDatabase } from '../support/database.ts'
import { testHub } from '../support/hub.ts'
import {
  addComponent,
  addIncident,
  addUpdate,
  plainRenderer,
  setUpOrganisation,
  temporaryFolder,
} from '../support/published.ts'
import { ADDRESS } from '../support/snapshots.ts'

const { db, clock } = await testDatabase()
const NOON = new Date('2026-11-12T12:00:00.000Z')
const [OPEN, LOGIN, MAIL] = ['inc000000001', 'cmp000000001', 'cmp000000002']
await setUpOrganisation(db, NOON)
await addComponent(db, NOON, { id: LOGIN })
await addComponent(db, NOON, { id: MAIL, name: 'Mail' })
await addIncident(db, NOON, { id: OPEN, holds: [LOGIN] })

const hub = await testHub()
const address = { ...ADDRESS, hub: hub.url }
const folder = await temporaryFolder()
const publishHere = (own: object = {}) =>
  publish({ db, renderer: plainRenderer(), target: folderTarget(folder), address, announced: true, ...own })
const at = (...paths: string[]) => paths.map((path) => `${ADDRESS.publicUrl}/${path}`).sort()
const owed = async () => (await db.select().from(hubPings)).map(({ topic }) => topic).sort()
const duty = hubWatch(db, hub.url, () => 0.5)

const EVERYBODYS = ['history.rss', 'history.atom', 'updates.rss', 'feed.json']
const OF = (component: string) => [`components/${component}.rss`, `components/${component}.atom`]

let spoken = 1
const speak = () => {
  spoken += 1
  return addUpdate(db, OPEN, plus(NOON, spoken * 60_000), { seq: spoken })
}

beforeEach(async () => {
  hub.status = 204
  await publishHere()
  await db.delete(hubPings)
})

describe('a publication', () => {
  it('owes the hub a word on each feed that moved, and on no other file', async () => {
    await speak()
    await publishHere()
    expect(await owed()).toEqual(at(...EVERYBODYS, ...OF(LOGIN)))
  })

  it('that changes nothing owes nothing', async () => {
    await publishHere({ everything: true })
    expect(await owed()).toEqual([])
  })

  it('into a folder where no reader looks owes nothing, and so does one without a hub', async () => {
    const [elsewhere, bare] = [await temporaryFolder(), await temporaryFolder()]
    await publishHere({ target: folderTarget(elsewhere), announced: false })
    await publishHere({ target: folderTarget(bare), address: ADDRESS })
    expect(await owed()).toEqual([])
  })

  it('that died when its files were in place owes what it could not say any more', async () => {
    await db.delete(siteTargets)
    expect((await publishHere()).state).toBe('unchanged')
    expect(await owed()).toEqual(at(...EVERYBODYS, ...OF(LOGIN), ...OF(MAIL)))
  })
})

describe('the hub', () => {
  it('hears of each feed once', async () => {
    await speak()
    await publishHere()
    await duty.round()
    expect(new Set(hub.heard.map(({ mode }) => mode))).toEqual(new Set(['publish']))
    expect(hub.topics()).toEqual(at(...EVERYBODYS, ...OF(LOGIN)))
    await duty.round()
    expect(hub.topics()).toEqual([])
    expect(await owed()).toEqual([])
  })

  it.each([503, 429, 302])(
    'that answers %i is asked again later, and told everything once it is well',
    async (status) => {
      await oweToHub(db, at('history.rss', 'updates.rss'))
      hub.status = status
      await expect(duty.round()).rejects.toThrow(`WEBSUB_HUB answered ${status}`)
      await expect(duty.round()).rejects.toThrow()
      expect(hub.topics()).toEqual(at('history.rss', 'updates.rss'))
      await duty.round()
      expect(hub.topics()).toEqual([])
      hub.status = 202
      await clock.advance(16_000)
      await duty.round()
      expect(hub.topics()).toEqual(at('history.rss', 'updates.rss'))
      expect(await owed()).toEqual([])
    },
  )

  it('that is not there costs nobody a word', async () => {
    await oweToHub(db, at('history.rss'))
    await expect(hubWatch(db, 'http://127.0.0.1:1/', () => 0.5).round()).rejects.toThrow()
    await clock.advance(16_000)
    await duty.round()
    expect(hub.topics()).toEqual(at('history.rss'))
  })

  it('that was silent for long hears of the next publication at once', async () => {
    await oweToHub(db, at('history.rss'))
    hub.status = 500
    for (let n = 0; n < 5; n += 1) {
      await expect(duty.round()).rejects.toThrow()
      await clock.advance(20 * 60_000)
    }
    hub.status = 204
    hub.topics()
    await oweToHub(db, at('history.rss'))
    await duty.round()
    expect(hub.topics()).toEqual(at('history.rss'))
  })

  it('that refuses a feed is not asked again before that feed moves, and the others are told', async () => {
    await oweToHub(db, at('history.rss', 'updates.rss'))
    hub.status = 403
    await expect(duty.round()).rejects.toThrow(/refuses .*history\.rss \(403\), .*updates\.rss \(403\)/)
    expect(await owed()).toEqual([])
    hub.topics()
  })

  it('hears again of a feed that moved while it was told', async () => {
    await oweToHub(db, at('history.rss'))
    hub.status = null
    const round = duty.round().catch(() => {})
    await expect.poll(() => hub.heard.length, { timeout: 15_000 }).toBe(1)
    await oweToHub(db, at('history.rss'))
    hub.status = 204
    await round
    await clock.advance(60_000)
    await duty.round()
    expect(hub.topics()).toEqual(at('history.rss', 'history.rss'))
    expect(await owed()).toEqual([])
  })

  it('hears nothing while a restored database is held', async () => {
    const id = newId()
    await oweToHub(db, at('history.rss'))
    await db.insert(restores).values({ id, takenAt: await clock.now() })
    await duty.round()
    expect(hub.topics()).toEqual([])
    await db.update(restores).set({ releasedAt: await clock.now() })
    await duty.round()
    expect(hub.topics()).toEqual(at('history.rss'))
  })
})

it('is named with their own address by every feed, in the document and where it is served, and by nothing else', async () => {
  const target = folderTarget(folder)
  const site = openSite(folder, { site: ADDRESS.publicUrl, api: ADDRESS.apiUrl, hub: hub.url })
  const paths = await target.list()
  expect(paths.filter(isFeed).sort()).toEqual([...EVERYBODYS, ...OF(LOGIN), ...OF(MAIL)].sort())
  for (const path of paths) {
    const response = (await site.fetch(new Request(`${ADDRESS.publicUrl}/${path}`)))!
    const text = await response.text()
    const link = `<${hub.url}>; rel="hub", <${ADDRESS.publicUrl}/${path}>; rel="self"`
    expect([path, response.headers.get('link')]).toEqual([path, isFeed(path) ? link : null])
    expect([path, text.includes(hub.url)]).toEqual([path, isFeed(path)])
  }
  const read = async (path: string) => Buffer.from((await target.read(path))!).toString()
  expect(JSON.parse(await read('feed.json')).hubs).toEqual([{ type: 'WebSub', url: hub.url }])
  expect(await read('history.atom')).toContain(`<link rel="hub" href="${hub.url}"/>`)
  for (const path of ['history.rss', 'updates.rss', `components/${LOGIN}.rss`])
    expect(await read(path)).toContain(`<atom:link href="${hub.url}" rel="hub"/>`)
})
