import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { loadRenderer, type Renderer, styleSources } from '../../api/publish/renderer.ts'
import { SAMPLES, textOf } from '../support/page-samples.ts'
import { incidentResolved } from '../support/pages.ts'

let renderer: Renderer
const html: Record<string, string> = {}

beforeAll(async () => {
  renderer = await loadRenderer(join(import.meta.dirname, '..', '..'))
  for (const [name, [route, page]] of Object.entries(SAMPLES)) html[name] = await renderer.render(route, page as never)
}, 60_000)

const names = Object.keys(SAMPLES)

describe('every page', () => {
  test.each(names)('%s: the same data gives the same bytes', async (name) => {
    const [route, page] = SAMPLES[name]!
    expect(await renderer.render(route, page as never)).toBe(html[name])
  })

  test.each(names)(
    '%s: is one document with one h1, one style sheet, no style attribute and at most our one script',
    (name) => {
      const page = html[name]!
      expect(page).toMatch(/^<!doctype html>\s*<html lang="en">/i)
      expect(page.match(/<h1[\s>]/g)).toHaveLength(1)
      expect(page.match(/<style/g)).toHaveLength(1)
      expect(page).not.toMatch(/<[^>]+\sstyle=/)
      expect(page.match(/<script/g) ?? []).toHaveLength(page.includes('id="live"') ? 1 : 0)
      expect(page).not.toMatch(/<script\s[^>]*src=|<[^>]+\son\w+=|href="javascript:/)
      expect(page).not.toMatch(/<(img|link rel="stylesheet"|iframe)/)
    },
  )

  test.each(names)('%s: every time is machine-readable in UTC and reads as UTC', (name) => {
    for (const [element] of html[name]!.matchAll(/<time.*?<\/time>/g))
      expect(element).toMatch(
        /^<time datetime="\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{3})?)?Z">\d\d:\d\d( UTC(, .*)?)?<\/time>$/,
      )
    expect(textOf(html[name]!)).not.toMatch(/\bago\b|\bin \d+ (min|h)\b/)
  })

  test.each(names)('%s: ids are unique and everything pointed at within the page is there', (name) => {
    const ids = [...html[name]!.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id!)
    expect(new Set(ids).size).toBe(ids.length)
    const pointed = [...html[name]!.matchAll(/\s(?:href="#|for="|aria-describedby=")([^"]+)"/g)]
    for (const id of pointed.flatMap(([, found]) => found!.split(' '))) expect(ids).toContain(id)
  })

  test.each(names)('%s: links lead only to what exists, and carry no suffix of a page', (name) => {
    const known =
      /^(#[\w-]+|(https:\/\/status\.northwind\.example)?(\/(ar\/)?(subscribe|maintenance(\/[a-z0-9]{12})?|history(\/\d{4}-\d\d)?|incidents\/[a-z0-9]{12}|components\/[a-z0-9]{12})?|\/(history\.rss|history\.atom|updates\.rss|feed\.json|calendar\.ics|status\.json|components\/[a-z0-9]{12}\.(rss|atom)|api\/v2\/summary\.json))|https:\/\/sitrep\.northwind\.example\/subscriptions\/(new\?incident_id=[a-z0-9]{12}&amp;locale=\w\w|(manage|manage\/erase|unsubscribe)\?token=\w+)|https:\/\/northwind\.example\/\w+|mailto:.*)$/
    for (const [, href] of html[name]!.matchAll(/<a [^>]*href="([^"]*)"/g)) expect(href).toMatch(known)
  })

  test.each(names)('%s: tells readers of feeds and searchers of other languages where to go', (name) => {
    const page = html[name]!
    for (const type of ['application/rss+xml', 'application/atom+xml', 'application/feed+json'])
      expect(page).toContain(`<link rel="alternate" type="${type}"`)
    const path = /<link rel="canonical" href="https:\/\/status\.northwind\.example(\/[^"]*)">/.exec(page)?.[1]
    if (path === undefined) return expect(page).not.toContain('hreflang')
    for (const [language, href] of [
      ['en', path],
      ['ar', `/ar${path}`],
      ['x-default', path],
    ])
      expect(page).toContain(`hreflang="${language}" href="https://status.northwind.example${href}"`)
    expect(page).toContain(`<a href="/ar${path}" lang="ar" hreflang="ar">العربية</a>`)
  })

  test('in Arabic, pages lead to Arabic pages and to the same feeds, from right to left', async () => {
    const [route, page] = SAMPLES.wrong!
    const arabic = await renderer.render(route, page as never, 'ar')
    expect(arabic).toMatch(/<html lang="ar" dir="rtl">/)
    expect(arabic).toContain('<link rel="canonical" href="https://status.northwind.example/ar/">')
    expect(arabic).toContain('<a href="/" lang="en" hreflang="en">English</a>')
    const pages = [...arabic.matchAll(/<a [^>]*href="(\/[^"]*)"/g)].map(([, href]) => href!)
    for (const href of pages.filter((one) => one !== '/')) expect(href).toMatch(/^\/ar\/|\.(rss|atom|json|ics)$/)
  })

  test('all public pages share one sheet, so that a policy needs few hashes', () => {
    const pages = ['wrong', 'late', 'quiet', 'crowded', 'open incident', 'not found'].map((name) => html[name]!)
    expect(new Set(pages.flatMap(styleSources)).size).toBe(1)
  })
})

describe("an incident's page", () => {
  test('holds the whole thread with an address for each update', () => {
    const ids = [...html['resolved incident']!.matchAll(/<li id="(u\d)"/g)].map(([, id]) => id)
    expect(ids).toEqual(['u7', 'u6', 'u5', 'u4', 'u3', 'u2', 'u1'])
  })

  test('says how it ended, how long it was, which word was late and how our promises were kept', () => {
    const text = textOf(html['resolved incident']!)
    expect(text).toMatch(/Resolved Sign-in fails .* Thu 12 Nov 2026, 13:56 – 15:32 UTC · 1 h 36 min For 96 minutes/)
    expect(text).toContain('14:49 UTC Link to this update 4 min late Identified.')
    expect(text).toContain('6 of 7 promised updates came in time. The longest silence was 19 minutes.')
    expect(html['resolved incident']).toContain(
      'aria-label="Began 13:56 UTC. 7 updates between 14:04 UTC and 15:32 UTC. 1 came later than promised. Resolved 15:32 UTC."',
    )
  })

  test('a false alarm says so instead of counting an outage', async () => {
    const incident = { ...incidentResolved.incident, retracted: true }
    const text = textOf(await renderer.render('/incident', { ...incidentResolved, incident, record: null }))
    expect(text).toContain('False alarm Sign-in fails')
    expect(text).toContain('This was a false alarm: nothing was broken.')
  })
})

describe('subscribing', () => {
  test('one form for each channel posts to the API without script', () => {
    const forms = [...html.subscribe!.matchAll(/<form [^>]*>/g)].map(([form]) => form)
    expect(forms).toHaveLength(3)
    for (const form of forms) {
      expect(form).toContain('action="https://sitrep.northwind.example/subscriptions"')
      expect(form).toContain('method="post"')
    }
    for (const field of ['channel', 'address', 'components', 'min_severity', 'events'])
      expect(html.subscribe).toContain(`name="${field}"`)
  })

  test('SMS asks for consent in the words that the law wants, un-ticked', () => {
    const text = textOf(html.subscribe!)
    const words =
      'Northwind Cloud status alerts by SMS|Message frequency varies|Message and data rates may apply|HELP|STOP'
    for (const word of words.split('|')) expect(text).toContain(word)
    const box = /<input[^>]*name="consent"[^>]*>/.exec(html.subscribe!)![0]
    expect(box).not.toContain('checked')
    expect(html.subscribe).toContain('<a href="https://northwind.example/terms">Terms</a>')
    expect(html.subscribe).toContain('<a href="https://northwind.example/privacy">Privacy</a>')
  })

  test('a refused form keeps what was typed and says beside each field what is wrong', () => {
    const page = html.refused!
    expect(page).toContain('value="&quot;><b>12345"')
    expect(page).toMatch(/value="c0mp0nent003" checked/)
    expect(page).toMatch(/<option value="SEV2" selected/)
    expect(page).toMatch(/aria-describedby="sms-address-hint sms-address-wrong" aria-invalid="true"/)
    expect(page).toContain('<a href="#sms-consent">Tick the box to agree to receive text messages.</a>')
  })

  test('pages behind a link only ask, by a button that posts; none of them is indexed', () => {
    for (const name of ['confirm', 'unsubscribe'])
      expect(html[name]).toMatch(/<form [^>]*action="\/[cu]\?token=x[^"]*" method="post"><button/)
    for (const name of names.slice(names.indexOf('not found')))
      expect(html[name]).toContain('<meta name="robots" content="noindex">')
    expect(html.wrong).not.toContain('noindex')
  })

  test('who has confirmed reads the latest word on what is open', () => {
    expect(textOf(html.confirmed!)).toMatch(
      /You will hear from us .* Next update by 14:45 UTC .* The cause is a change/,
    )
  })
})
