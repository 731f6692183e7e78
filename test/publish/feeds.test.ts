import fc from 'fast-check'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { describe, expect, it } from 'vitest'
import { historyRss } from '../../api/publish/feeds.ts'
import { ADDRESS, at, incidentSeen, snapshotOf, updateSeen } from '../support/snapshots.ts'

/** What XML 1.0 calls a Char, straight from its production 2. */
const NOT_A_CHAR = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

const feedOf = (title: string, body = 'Sign-in fails.', name = 'Northwind Cloud') => {
  const incident = incidentSeen({ title, updates: [updateSeen({ body })] })
  const { organisation } = snapshotOf()
  return historyRss(snapshotOf({ organisation: { ...organisation, name }, newest: [incident] }), ADDRESS)
}

const parse = (xml: string) => {
  expect(XMLValidator.validate(xml)).toBe(true)
  expect(NOT_A_CHAR.test(xml)).toBe(false)
  return new XMLParser({ ignoreAttributes: false }).parse(xml).rss.channel
}

describe('the feed of incidents', () => {
  it('has one item per incident, under its address for ever', () => {
    const channel = parse(feedOf('Sign-in fails'))
    expect(channel.item.guid).toEqual({
      '#text': 'https://status.example.com/incidents/inc000000001',
      '@_isPermaLink': 'true',
    })
    expect(channel.item.link).toBe('https://status.example.com/incidents/inc000000001')
    expect(channel.item.title).toBe('Sign-in fails')
  })

  it('says where it is served, when its content last changed, and names no author', () => {
    const channel = parse(feedOf('Sign-in fails'))
    expect(channel['atom:link']).toMatchObject({ '@_rel': 'self', '@_href': 'https://status.example.com/history.rss' })
    expect(channel.lastBuildDate).toBe('Thu, 12 Nov 2026 14:04:00 GMT')
    expect(channel.author).toBeUndefined()
  })

  it('tells updates as sanitised HTML, newest first, each dated by its own time', () => {
    const updates = [
      updateSeen({ status: 'resolved', body: 'Works again.', publishedAt: at('15:32') }),
      updateSeen({ body: 'We look at <script>it</script>.\n\n- one' }),
    ]
    const channel = parse(historyRss(snapshotOf({ newest: [incidentSeen({ updates })] }), ADDRESS))
    expect(channel.item.pubDate).toBe('Thu, 12 Nov 2026 15:32:00 GMT')
    expect(channel.item.description).toBe(
      "<p><small>Nov <var data-var='date'>12</var>, <var data-var='time'>15:32</var> UTC</small><br>" +
        '<strong>Resolved</strong> - Works again.</p>\n' +
        "<p><small>Nov <var data-var='date'>12</var>, <var data-var='time'>14:04</var> UTC</small><br>" +
        '<strong>Investigating</strong> - We look at &lt;script&gt;it&lt;/script&gt;.</p>\n<ul>\n<li>one</li>\n</ul>',
    )
  })

  it('parses whatever has got into a title: control characters, non-characters, halves of pairs, ends of CDATA', () => {
    const controls = String.fromCharCode(...Array.from({ length: 32 }, (_, code) => code))
    const hostile = `a${controls}b\ufffe\uffff\ud800c\udc00]]>]]]]><![CDATA[<b>&amp;&#0;</title>`
    const channel = parse(feedOf(hostile, hostile, hostile))
    expect(channel.item.title).toContain('bc]]>')
    expect(parse(feedOf('\u{1f6a8} ok')).item.title).toBe('\u{1f6a8} ok')
  })

  it('parses and is the same twice for any text at all', () => {
    const anything = fc.string({ unit: 'binary', maxLength: 60 })
    fc.assert(
      fc.property(anything, anything, anything, (title, body, name) => {
        const feed = feedOf(title, body, name)
        parse(feed)
        expect(feedOf(title, body, name)).toBe(feed)
      }),
      { numRuns: 200 },
    )
  })

  it('is stamped in the right place even when a name pretends to be the stamp', () => {
    const forged = '<lastBuildDate>Thu, 01 Jan 1970 00:00:00 GMT</lastBuildDate>'
    const channel = parse(feedOf(forged, forged, `]]></title>${forged}`))
    expect(channel.lastBuildDate).toBe('Thu, 12 Nov 2026 14:04:00 GMT')
    expect(channel.item.title).toBe(forged)
  })
})
