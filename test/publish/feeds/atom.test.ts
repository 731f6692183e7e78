import { beforeAll, describe, expect, it } from 'vitest'
import { componentAtom, historyAtom } from '../../../api/publish/feeds/atom.ts'
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
/** An XPath to elements of any namespace: `path('feed/id')`. */
const path = (names: string) =>
  names
    .split('/')
    .map((name) => `/*[local-name()="${name}"]`)
    .join('')
const one = (xml: string, names: string) => xpath(xml, `string(${path(names)})`)
const feedOf = (own = {}) => historyAtom(snapshotOf({ newest: [incidentSeen(own)] }), ADDRESS)

describe('/history.atom', () => {
  it('names itself, its page and its author', async () => {
    const feed = feedOf()
    expect(await one(feed, 'feed/id')).toBe('tag:status.example.com,2005:/history')
    expect(await one(feed, 'feed/title')).toBe('Northwind Cloud status')
    expect(await one(feed, 'feed/author/name')).toBe('Northwind Cloud')
    expect(await one(feed, 'feed/updated')).toBe('2026-11-12T14:04:00.000Z')
    expect(await xpath(feed, `string(${path('feed/link')}[@rel="self"]/@href)`)).toBe(`${SITE}/history.atom`)
    expect(await xpath(feed, `string(${path('feed/link')}[@rel="alternate"]/@href)`)).toBe(SITE)
  })

  it('keeps a port out of identities, which are of names alone', async () => {
    const feed = historyAtom(snapshotOf(), { ...ADDRESS, publicUrl: 'http://localhost:3000' })
    expect(await one(feed, 'feed/id')).toBe('tag:localhost,2005:/history')
  })

  it('has one entry per incident and per maintenance, under an identity for ever', async () => {
    const read = await readFeed(
      historyAtom(snapshotOf({ newest: [incidentSeen()], maintenances: [maintenanceSeen()] }), ADDRESS),
    )
    expect(read.map(({ id, link }) => [id, link])).toEqual([
      ['tag:status.example.com,2005:Incident/inc000000001', `${SITE}/incidents/inc000000001`],
      ['tag:status.example.com,2005:Maintenance/mnt000000001', `${SITE}/maintenance/mnt000000001`],
    ])
  })

  it('holds plain titles, and content as HTML in the shape that scripts take apart', async () => {
    const feed = feedOf({ title: 'a < b & "c"' })
    expect(await xpath(feed, `string(${path('feed/entry/title')}/@type)`)).toBe('text')
    expect(await xpath(feed, `string(${path('feed/entry/content')}/@type)`)).toBe('html')
    const [read] = await readFeed(feed)
    expect(read).toMatchObject({ title: 'a < b & "c"', contentType: 'html' })
    expect(read!.content).toBe(
      "<p><small>Nov <var data-var='date'>12</var>, <var data-var='time'>14:04</var> UTC</small><br>" +
        '<strong>Investigating</strong> - Sign-in fails.</p>',
    )
  })

  it('was published when it became public, and moves with each update and each correction', async () => {
    const first = updateSeen()
    const second = updateSeen({ id: 'u00000000002', seq: 2, publishedAt: at('14:19') })
    const corrected = updateSeen({ corrections: [correctionSeen({ createdAt: at('15:09') }), correctionSeen()] })
    const datesOf = async (updates: (typeof first)[]) => {
      const feed = feedOf({ updates })
      return [await one(feed, 'feed/entry/published'), await one(feed, 'feed/entry/updated')]
    }
    expect(await datesOf([first])).toEqual(['2026-11-12T14:00:00.000Z', '2026-11-12T14:04:00.000Z'])
    expect(await datesOf([second, first])).toEqual(['2026-11-12T14:00:00.000Z', '2026-11-12T14:19:00.000Z'])
    expect(await datesOf([second, corrected])).toEqual(['2026-11-12T14:00:00.000Z', '2026-11-12T15:09:00.000Z'])
    expect(await datesOf([])).toEqual(['2026-11-12T14:00:00.000Z', '2026-11-12T14:00:00.000Z'])
  })

  it('has the same entries under the same ids after a correction', async () => {
    const before = snapshotWith({ title: 'Sign-in fails', body: 'It does.', name: 'Northwind' })
    const after = snapshotWith({ title: 'Sign-in fails', body: 'It still does.', name: 'Northwind' })
    const [one, other] = [await readFeed(historyAtom(before, ADDRESS)), await readFeed(historyAtom(after, ADDRESS))]
    expect(other.map(({ id }) => id)).toEqual(one.map(({ id }) => id))
    expect(other[0]!.content).toContain('It still does.</p>\n<p><small>Corrected 14:10 UTC</small></p>')
  })

  it('moves with maintenance too', async () => {
    const updates = [maintenanceUpdateSeen({ id: 'mup000000002', step: 'moved', publishedAt: at('16:00') })]
    const feed = historyAtom(snapshotOf({ maintenances: [maintenanceSeen({ updates })] }), ADDRESS)
    expect(await one(feed, 'feed/entry/updated')).toBe('2026-11-12T16:00:00.000Z')
    expect((await readFeed(feed))[0]!.content).toContain('<strong>Rescheduled</strong>')
  })

  it('holds fifty entries at most', async () => {
    expect(await readFeed(historyAtom(busySnapshot(), ADDRESS))).toHaveLength(50)
  })
})

describe('the Atom feed of a component', () => {
  it('has an identity of its own, and entries under those of the history', async () => {
    const snapshot = snapshotWith({ title: 'Sign-in fails', body: 'It does.', name: 'Login' })
    const { newest: incidents, maintenances, last: changed, components } = snapshot
    const feed = componentAtom({ component: components[0]!, changed, incidents, maintenances }, snapshot, ADDRESS)
    expect(await one(feed, 'feed/id')).toBe('tag:status.example.com,2005:/components/cmp000000001')
    expect(await xpath(feed, `string(${path('feed/link')}[@rel="self"]/@href)`)).toBe(
      `${SITE}/components/cmp000000001.atom`,
    )
    expect((await readFeed(feed)).map(({ id }) => id)).toEqual(
      (await readFeed(historyAtom(snapshot, ADDRESS))).map(({ id }) => id),
    )
  })
})
