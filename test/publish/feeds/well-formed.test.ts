import fc from 'fast-check'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { INSTALLING } from '../../support/debian-tools.ts'
import { feedDocuments, HOSTILE, xmlDocuments } from '../../support/feed-documents.ts'
import { readFeed, sfeed } from '../../support/feed-reader.ts'
import { checkXml, xmllint, xpath } from '../../support/xmllint.ts'

beforeAll(() => Promise.all([xmllint(), sfeed()]), INSTALLING)

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.constantFrom(...HOSTILE))
const typed = fc.record({ title: text, body: text, name: text })

/** libxml2 reads all of them at once, each as an element of its own. */
const together = (documents: Record<string, string>): string =>
  `<all>${Object.values(documents)
    .map((document) => document.replace(/^<\?xml[^>]*\?>/, ''))
    .join('')}</all>`

describe('every XML document', () => {
  it.each(HOSTILE.map((hostile) => [hostile]))(
    'is well-formed with %j in titles, bodies and names',
    async (hostile) => {
      for (const xml of Object.values(xmlDocuments({ title: hostile, body: hostile, name: hostile })))
        await checkXml(xml)
    },
  )

  it('is well-formed with any text at all', async () => {
    await fc.assert(
      fc.asyncProperty(typed, (texts) => checkXml(together(xmlDocuments(texts)))),
      { numRuns: 100 },
    )
  })

  it('declares its encoding once, at its very beginning', () => {
    for (const xml of Object.values(xmlDocuments({ title: 'Sign-in fails', body: 'It does.', name: 'Northwind' })))
      expect(xml.split('<?xml version="1.0" encoding="UTF-8"?>')).toEqual(['', expect.any(String)])
  })
})

describe('every document', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it('is made of the same bytes each time, whatever the text and whatever the time', () => {
    vi.useFakeTimers()
    fc.assert(
      fc.property(typed, (texts) => {
        vi.setSystemTime(new Date('2026-11-12T14:30:00.000Z'))
        const before = feedDocuments(texts)
        vi.setSystemTime(new Date('2027-03-01T02:03:04.000Z'))
        expect(feedDocuments(texts)).toEqual(before)
      }),
      { numRuns: 100 },
    )
  })

  it('holds no half of a surrogate pair', () => {
    fc.assert(
      fc.property(typed, (texts) => Object.values(feedDocuments(texts)).every((document) => document.isWellFormed())),
      { numRuns: 100 },
    )
  })

  it.each([
    ['<script>alert(1)</script>'],
    ['تعذّر تسجيل الدخول'],
    ['\u{1f6a8} ok'],
    ['a ]]> b'],
    ['AT&T "quoted" \'too\''],
  ])('gives %j back to readers as it was typed', async (title) => {
    const documents = xmlDocuments({ title, body: title, name: 'Northwind' })
    const [first] = await readFeed(documents['/history.rss']!)
    expect(first!.title).toBe(title)
    expect(await xpath(documents['/history.atom']!, 'string(//*[local-name()="entry"]/*[local-name()="title"])')).toBe(
      title,
    )
  })

  it('never lets a body run as a script', async () => {
    const body = '<script>alert(1)</script> [here](javascript:alert(1))'
    const documents = xmlDocuments({ title: 'Sign-in fails', body, name: 'Northwind' })
    for (const path of ['/history.rss', '/history.atom', '/updates.rss'])
      for (const { content } of await readFeed(documents[path]!)) {
        expect(content).toContain('&lt;script&gt;')
        expect(content).not.toMatch(/<script|href="javascript/)
      }
  })
})
