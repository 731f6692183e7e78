import { beforeAll, describe, expect, it } from 'vitest'
import { monthSitemap, pagesSitemap, sitemapIndex } from '../../../api/publish/feeds/sitemap.ts'
import { INSTALLING } from '../../support/debian-tools.ts'
import { ADDRESS, at, componentSeen, snapshotOf } from '../../support/snapshots.ts'
import { checkXml, xmllint, xpath } from '../../support/xmllint.ts'

beforeAll(xmllint, INSTALLING)

const SITE = ADDRESS.publicUrl
const texts = async (xml: string, name: string) =>
  (await xpath(xml, `//*[local-name()="${name}"]/text()`)).split('\n').filter(Boolean)

const MONTH = {
  month: '2026-11',
  changed: { revision: 7, at: at('14:04') },
  incidents: [
    {
      id: 'inc000000001',
      title: 'Sign-in fails',
      severity: 'SEV1' as const,
      status: 'resolved' as const,
      retracted: false,
      startedAt: at('13:56'),
      resolvedAt: at('15:32'),
      components: [],
    },
  ],
  maintenances: [
    {
      id: 'mnt000000001',
      title: 'New disks',
      status: 'scheduled' as const,
      scheduledFor: at('22:00'),
      scheduledUntil: at('23:59'),
      startedAt: null,
      endedAt: null,
      components: [],
    },
  ],
}

describe('the sitemap', () => {
  it('lists the fixed pages and every month since there is anything to tell', async () => {
    const index = sitemapIndex(snapshotOf({ began: new Date('2026-09-30T23:59:00.000Z') }), ADDRESS)
    expect(await texts(index, 'loc')).toEqual([
      `${SITE}/sitemap-pages.xml`,
      `${SITE}/sitemap-2026-11.xml`,
      `${SITE}/sitemap-2026-10.xml`,
      `${SITE}/sitemap-2026-09.xml`,
    ])
  })

  it('lists what always is, and the components, in both languages', async () => {
    const pages = pagesSitemap(snapshotOf({ components: [componentSeen()] }), ADDRESS)
    expect(await texts(pages, 'loc')).toEqual(
      ['/', '/history', '/maintenance', '/subscribe', '/components/cmp000000001'].flatMap((path) => [
        `${SITE}${path}`,
        `${SITE}/ar${path}`,
      ]),
    )
  })

  it('lists what began in a month, or is to begin, in both languages', async () => {
    const month = monthSitemap(MONTH, ADDRESS)
    await checkXml(month)
    expect(await texts(month, 'loc')).toEqual(
      ['/history/2026-11', '/incidents/inc000000001', '/maintenance/mnt000000001'].flatMap((path) => [
        `${SITE}${path}`,
        `${SITE}/ar${path}`,
      ]),
    )
    expect(await texts(month, 'lastmod')).toEqual(['2026-11-12', '2026-11-12'])
  })

  it('names for each page its version in every language, itself among them', async () => {
    const second = `//*[local-name()="url"][4]/*[local-name()="link"]`
    const month = monthSitemap(MONTH, ADDRESS)
    expect(await xpath(month, `string(//*[local-name()="url"][4]/*[local-name()="loc"])`)).toBe(
      `${SITE}/ar/incidents/inc000000001`,
    )
    for (const [hreflang, href] of [
      ['en', `${SITE}/incidents/inc000000001`],
      ['ar', `${SITE}/ar/incidents/inc000000001`],
      ['x-default', `${SITE}/incidents/inc000000001`],
    ])
      expect(await xpath(month, `string(${second}[@hreflang="${hreflang}"]/@href)`)).toBe(href)
  })
})
