import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { jsonFeed } from '../../../api/publish/feeds/json-feed.ts'
import { busySnapshot, HOSTILE, snapshotWith } from '../../support/feed-documents.ts'
import {
  ADDRESS,
  correctionSeen,
  incidentSeen,
  maintenanceSeen,
  snapshotOf,
  updateSeen,
} from '../../support/snapshots.ts'

/** JSON Feed 1.1, as far as we speak it: nothing may be missing, nothing may be of its older version. */
const AUTHOR = z.strictObject({ name: z.string().min(1), url: z.url() })
const ITEM = z.strictObject({
  id: z.string().min(1),
  url: z.url(),
  title: z.string(),
  content_html: z.string(),
  content_text: z.string(),
  date_published: z.iso.datetime(),
  date_modified: z.iso.datetime().optional(),
  tags: z.array(z.string()),
})
const FEED = z.strictObject({
  version: z.literal('https://jsonfeed.org/version/1.1'),
  title: z.string().min(1),
  description: z.string(),
  home_page_url: z.url(),
  feed_url: z.url(),
  language: z.string(),
  authors: z.array(AUTHOR).min(1),
  items: z.array(ITEM),
})
const parse = (json: string) => FEED.parse(JSON.parse(json))

describe('/feed.json', () => {
  it('is JSON Feed 1.1 and says where it is served', () => {
    const feed = parse(jsonFeed(snapshotWith({ title: 'Sign-in fails', body: 'It does.', name: 'Northwind' }), ADDRESS))
    expect(feed).toMatchObject({
      title: 'Northwind status, every update',
      home_page_url: 'https://status.example.com',
      feed_url: 'https://status.example.com/feed.json',
      authors: [{ name: 'Northwind', url: 'https://status.example.com' }],
    })
  })

  it('is that with any hostile text, of which no illegal character is left', () => {
    for (const hostile of HOSTILE) {
      const feed = jsonFeed(snapshotWith({ title: hostile, body: hostile, name: hostile || 'Northwind' }), ADDRESS)
      expect(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u.test(feed)).toBe(false)
      expect(() => JSON.parse(feed)).not.toThrow()
    }
  })

  it('has one item per update under the id of the update, leading to its own place on the page', () => {
    const updates = [updateSeen({ body: 'We **see** it.\n\n- one' })]
    const snapshot = snapshotOf({ newest: [incidentSeen({ updates })], maintenances: [maintenanceSeen()] })
    const [first, second] = parse(jsonFeed(snapshot, ADDRESS)).items
    expect(first).toEqual({
      id: 'u00000000001',
      url: 'https://status.example.com/incidents/inc000000001#u1',
      title: 'Sign-in fails for most customers: Investigating',
      content_html: '<p>We <strong>see</strong> it.</p>\n<ul>\n<li>one</li>\n</ul>',
      content_text: 'We see it.\n\n- one',
      date_published: '2026-11-12T14:04:00.000Z',
      tags: ['inc000000001', 'investigating'],
    })
    expect(second).toMatchObject({
      id: 'mup000000001',
      url: 'https://status.example.com/maintenance/mnt000000001#u1',
      tags: ['mnt000000001', 'scheduled'],
    })
  })

  it('tells a correction under the same id, with the time of it', () => {
    const updates = [updateSeen({ body: 'As it is.', corrections: [correctionSeen()] })]
    const [item] = parse(jsonFeed(snapshotOf({ newest: [incidentSeen({ updates })] }), ADDRESS)).items
    expect(item).toMatchObject({
      id: 'u00000000001',
      content_html: '<p>As it is.</p>\n<p><small>Corrected 14:10 UTC</small></p>',
      content_text: 'As it is.\n\nCorrected 14:10 UTC',
      date_published: '2026-11-12T14:04:00.000Z',
      date_modified: '2026-11-12T14:10:00.000Z',
    })
  })

  it('holds fifty items at most, newest first', () => {
    const { items } = parse(jsonFeed(busySnapshot(), ADDRESS))
    const dates = items.map((item) => item.date_published)
    expect(items).toHaveLength(50)
    expect(dates).toEqual(dates.toSorted().reverse())
  })
})
