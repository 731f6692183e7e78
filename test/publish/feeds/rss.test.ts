import { beforeAll, describe, expect, it } from 'vitest'
import { componentRss, historyRss, updatesRss } from '../../../api/publish/feeds/rss.ts'
import { INSTALLING } from '../../support/debian-tools.ts'
import { busySnapshot, snapshotWith } from '../../support/feed-documents.ts'
import { readFeed, sfeed } from '../../support/feed-reader.ts'
import {
  ADDRESS,
  at,
  correctionSeen,
  incidentSeen,
  maintenanceSeen,
  maintenanceUpdateSeen,
  snapshotOf,
  updateSeen,
} from '../../support/snapshots.ts'
import { xmllint, xpath } from '../../support/xmllint.ts'

beforeAll(() => Promise.all([xmllint(), sfeed()]), INSTALLING)

const SITE = ADDRESS.publicUrl
const oneIncident = (own = {}) => historyRss(snapshotOf({ newest: [incidentSeen(own)] }), ADDRESS)
const selfLink = 'string(//*[local-name()="link"][@rel="self"]/@href)'

describe('/history.rss', () => {
  it('has one item per incident and per maintenance, under its address for ever', async () => {
    const read = await readFeed(
      historyRss(snapshotOf({ newest: [incidentSeen()], maintenances: [maintenanceSeen()] }), ADDRESS),
    )
    expect(read.map(({ id, link, title }) => ({ id, link, title }))).toEqual([
      {
        id: `${SITE}/incidents/inc000000001`,
        link: `${SITE}/incidents/inc000000001`,
        title: 'Sign-in fails for most customers',
      },
      {
        id: `${SITE}/maintenance/mnt000000001`,
        link: `${SITE}/maintenance/mnt000000001`,
        title: 'New disks for the database',
      },
    ])
    expect(await xpath(oneIncident(), 'string(//guid/@isPermaLink)')).toBe('true')
  })

  it('says where it is served, when its content last changed, and names no author', async () => {
    const feed = oneIncident()
    expect(await xpath(feed, selfLink)).toBe(`${SITE}/history.rss`)
    expect(await xpath(feed, 'string(//channel/link)')).toBe(SITE)
    expect(await xpath(feed, 'string(//lastBuildDate)')).toBe('Thu, 12 Nov 2026 14:04:00 GMT')
    expect(await xpath(feed, 'count(//author)')).toBe('0')
  })

  it('is stamped in the right place even when a name pretends to be the stamp', async () => {
    const forged = '<lastBuildDate>Thu, 01 Jan 1970 00:00:00 GMT</lastBuildDate>'
    const feed = historyRss(snapshotWith({ title: forged, body: forged, name: `]]></title>${forged}` }), ADDRESS)
    expect(await xpath(feed, 'string(//lastBuildDate)')).toBe('Thu, 12 Nov 2026 14:04:00 GMT')
    expect(await xpath(feed, 'string(//item/title)')).toBe(forged)
  })

  it('tells updates as sanitised HTML, newest first, each dated by its own time', async () => {
    const updates = [
      updateSeen({ status: 'resolved', body: 'Works again.', publishedAt: at('15:32') }),
      updateSeen({ body: 'We look at <script>it</script>.\n\n- one' }),
    ]
    const [read] = await readFeed(oneIncident({ updates }))
    expect(read!.at).toEqual(at('15:32'))
    expect(read!.content).toBe(
      "<p><small>Nov <var data-var='date'>12</var>, <var data-var='time'>15:32</var> UTC</small><br>" +
        '<strong>Resolved</strong> - Works again.</p>\n' +
        "<p><small>Nov <var data-var='date'>12</var>, <var data-var='time'>14:04</var> UTC</small><br>" +
        '<strong>Investigating</strong> - We look at &lt;script&gt;it&lt;/script&gt;.</p>\n<ul>\n<li>one</li>\n</ul>',
    )
  })

  it('tells a corrected update as it reads now, and when it was corrected', async () => {
    const corrections = [correctionSeen({ createdAt: at('15:09') })]
    const [read] = await readFeed(oneIncident({ updates: [updateSeen({ body: 'As it is.', corrections })] }))
    expect(read!.content).toContain('- As it is.</p>\n<p><small>Corrected 15:09 UTC</small></p>')
  })

  it('tells the day of a correction that came on another day', async () => {
    const corrections = [correctionSeen({ createdAt: new Date('2026-11-13T09:05:00.000Z') })]
    const [read] = await readFeed(oneIncident({ updates: [updateSeen({ corrections })] }))
    expect(read!.content).toContain('<p><small>Corrected Nov 13, 09:05 UTC</small></p>')
  })

  it('says first for when maintenance is planned; the first bold word stays its newest step', async () => {
    const updates = [
      maintenanceUpdateSeen({ id: 'mup000000002', step: 'started', status: 'in_progress', body: 'It has begun.' }),
      maintenanceUpdateSeen(),
    ]
    const [read] = await readFeed(historyRss(snapshotOf({ maintenances: [maintenanceSeen({ updates })] }), ADDRESS))
    expect(read!.content.replace(/<\/?var[^>]*>/g, '')).toMatch(
      /^<p><small>Planned for Nov 12, 22:00 to 23:59 UTC<\/small><\/p>\n<p><small>Nov 12, 10:00 UTC/,
    )
    expect(/<strong>(.*?)<\/strong>/.exec(read!.content)![1]).toBe('Started')
  })

  it('tells what is planned where maintenance has no update yet, and both days where it ends on another', async () => {
    const scheduledUntil = new Date('2026-11-13T01:00:00.000Z')
    const planned = maintenanceSeen({ updates: [], scheduledUntil })
    const [read] = await readFeed(historyRss(snapshotOf({ maintenances: [planned] }), ADDRESS))
    expect(read!.content.replace(/<\/?var[^>]*>/g, '')).toBe(
      '<p><small>Planned for Nov 12, 22:00 to Nov 13, 01:00 UTC</small></p>\n<p>We move the database to new disks.</p>',
    )
    expect(read!.at).toEqual(at('10:00'))
  })

  it('holds the fifty that were last spoken of, newest first, and each once', async () => {
    const snapshot = busySnapshot()
    const read = await readFeed(
      historyRss({ ...snapshot, open: snapshot.newest, maintenances: snapshot.newestMaintenances }, ADDRESS),
    )
    expect(read).toHaveLength(50)
    expect(new Set(read.map(({ id }) => id)).size).toBe(50)
    expect(read.map(({ at: told }) => told)).toEqual(
      read.map(({ at: told }) => told).toSorted((one, other) => other.getTime() - one.getTime()),
    )
    expect(read.filter(({ id }) => id.includes('/maintenance/'))).toHaveLength(25)
  })

  it('reads as empty where nothing has happened', async () => {
    expect(await readFeed(historyRss(snapshotOf(), ADDRESS))).toEqual([])
  })
})

describe('/updates.rss', () => {
  const updates = [
    updateSeen({ id: 'u00000000002', seq: 2, status: 'identified', body: 'Found it.', publishedAt: at('14:19') }),
    updateSeen(),
  ]
  const corrected = updates.with(1, updateSeen({ body: 'Corrected words.', corrections: [correctionSeen()] }))
  const feedOf = (told: typeof updates) =>
    updatesRss(snapshotOf({ newest: [incidentSeen({ updates: told })], maintenances: [maintenanceSeen()] }), ADDRESS)

  it('has one item per update, newest first, with the incident as category', async () => {
    const read = await readFeed(feedOf(updates))
    expect(read.map(({ id, title, link, categories }) => ({ id, title, link, categories }))).toEqual([
      {
        id: 'u00000000002',
        title: 'Sign-in fails for most customers: Identified',
        link: `${SITE}/incidents/inc000000001#u2`,
        categories: ['inc000000001'],
      },
      {
        id: 'u00000000001',
        title: 'Sign-in fails for most customers: Investigating',
        link: `${SITE}/incidents/inc000000001#u1`,
        categories: ['inc000000001'],
      },
      {
        id: 'mup000000001',
        title: 'New disks for the database: Planned',
        link: `${SITE}/maintenance/mnt000000001#u1`,
        categories: ['mnt000000001'],
      },
    ])
  })

  it('has the same items under the same ids after a correction, whose text has changed', async () => {
    const [before, after] = [await readFeed(feedOf(updates)), await readFeed(feedOf(corrected))]
    expect(after.map(({ id, at: told }) => [id, told])).toEqual(before.map(({ id, at: told }) => [id, told]))
    expect(after[1]!.content).toBe('<p>Corrected words.</p>\n<p><small>Corrected 14:10 UTC</small></p>')
  })

  it('says that an id is no address', async () => {
    expect(await xpath(feedOf(updates), 'count(//guid[@isPermaLink="false"])')).toBe('3')
    expect(await xpath(feedOf(updates), selfLink)).toBe(`${SITE}/updates.rss`)
  })

  it('holds the fifty newest updates of all', async () => {
    const read = await readFeed(updatesRss(busySnapshot(), ADDRESS))
    expect(read).toHaveLength(50)
    expect(read[0]!.id).toBe('uinc000000000')
    expect(read[1]!.id).toBe('mmnt000000000')
  })
})

describe('the feed of a component', () => {
  it('tells what named it, under the same ids as the history', async () => {
    const snapshot = snapshotWith({ title: 'Sign-in fails', body: 'It does.', name: 'Northwind' })
    const { newest: incidents, maintenances, last: changed } = snapshot
    const component = { ...snapshot.components[0]!, name: 'Login' }
    const feed = componentRss({ component, changed, incidents, maintenances }, snapshot, ADDRESS)
    expect((await readFeed(feed)).map(({ id }) => id)).toEqual(
      (await readFeed(historyRss(snapshot, ADDRESS))).map(({ id }) => id),
    )
    expect(await xpath(feed, selfLink)).toBe(`${SITE}/components/cmp000000001.rss`)
    expect(await xpath(feed, 'string(//channel/link)')).toBe(`${SITE}/components/cmp000000001`)
    expect(await xpath(feed, 'string(//channel/title)')).toBe('Login – Northwind status')
  })

  it('holds fifty at most', async () => {
    const snapshot = busySnapshot()
    const { newest: incidents, newestMaintenances: maintenances, last: changed } = snapshot
    const component = snapshotWith({ title: '', body: '', name: 'Login' }).components[0]!
    const feed = componentRss({ component, changed, incidents, maintenances }, snapshot, ADDRESS)
    expect(await readFeed(feed)).toHaveLength(50)
  })
})
