import { describe, expect, test } from 'vitest'
import { LANGUAGES } from '../../api/domain/pages.ts'
import { clock, date, dayRange, longDate, longLength, minutesBetween, shortLength, timeTag } from '../../site/format.ts'
import { logoShapes } from '../../site/logo.ts'
import ar from '../../site/messages/ar.json' with { type: 'json' }
import en from '../../site/messages/en.json' with { type: 'json' }
import { favicon, spriteOf } from '../../site/shapes.ts'
import { runIn, summaryOf } from '../../site/text.ts'
import { around, h, inLanguage, type Messages, t, to } from '../../site/words.ts'
import { signIn, signInResolved } from '../support/pages.ts'

describe('words', () => {
  test('placeholders are filled, plural forms chosen, and a missing value is an error', () => {
    expect(t('resolved_at', { time: '09:32 UTC' })).toBe('Resolved at 09:32 UTC.')
    expect([1, 2].map((count) => t('days', { count }))).toEqual(['1 day', '2 days'])
    expect(() => t('resolved_at')).toThrow(/resolved_at.*\{time\}/)
  })

  test('values set into markup are escaped, markup is not', () => {
    expect(h('plain_files', { company: '<b>&"\'' }).html).toContain('&lt;b&gt;&amp;&quot;&#39;')
    expect(h('resolved_at', { time: { html: '<time>x</time>' } }).html).toBe('Resolved at <time>x</time>.')
  })

  test('a message is cut around its placeholder', () => {
    expect(around('next_update_by')).toEqual({ before: 'Next update by', after: '' })
    expect(around('promise_late')).toEqual({ before: 'The update promised for', after: 'is late.' })
  })
})

describe('languages', () => {
  const FILES = { en, ar } satisfies Record<(typeof LANGUAGES)[number], Messages>
  const formsOf = (message: Messages[keyof Messages]) => (typeof message === 'string' ? { other: message } : message)
  const holders = (pattern: string) => [...new Set(pattern.match(/\{\w+\}/g))].toSorted()
  const keys = Object.keys(en) as (keyof typeof en)[]

  test.each(LANGUAGES)('%s has every message, and none more', (language) => {
    expect(Object.keys(FILES[language]).toSorted()).toEqual(keys.toSorted())
  })

  test.each(LANGUAGES)('%s fills in what English fills in; only a count may go without saying', (language) => {
    for (const key of keys) {
      const expected = holders(formsOf(en[key]).other)
      for (const [form, pattern] of Object.entries(formsOf(FILES[language][key]))) {
        const spoken = ['zero', 'one', 'two'].includes(form) ? [...holders(pattern), '{count}'] : holders(pattern)
        expect(new Set([...spoken, '{count}']), `${key}, ${form}`).toEqual(new Set([...expected, '{count}']))
      }
    }
  })

  test.each(LANGUAGES)('%s has all forms of number that it has, wherever English has more than one', (language) => {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted()
    for (const key of keys.filter((each) => typeof en[each] !== 'string'))
      expect(Object.keys(formsOf(FILES[language][key])).toSorted(), key).toEqual(forms)
  })

  test('each speaks for itself, also when work in another is under way', async () => {
    const slow = inLanguage('ar', async () => {
      await Promise.resolve()
      return t('languages')
    })
    expect([t('languages'), await slow]).toEqual([en.languages, ar.languages])
  })

  test.each([
    [1, 'دقيقة واحدة'],
    [2, 'دقيقتين'],
    [3, '3 دقائق'],
    [11, '11 دقيقة'],
    [96, 'ساعة واحدة و36 دقيقة'],
  ])('%i minutes are counted in Arabic', (minutes, words) => {
    expect(inLanguage('ar', () => longLength(minutes))).toBe(words)
  })

  test('dates are in Arabic letters and Latin digits, by the Gregorian calendar', () => {
    const said = inLanguage('ar', () => [
      date('2026-11-12'),
      clock('2026-11-12T14:45:00Z'),
      dayRange('2026-11-06', '2026-11-11'),
    ])
    expect(said).toEqual(['الخميس 12 نوفمبر 2026', '14:45', '6 – 11 نوفمبر'])
  })

  test.each([
    ['/', '/ar/'],
    ['/history', '/ar/history'],
    ['/history/2026-11', '/ar/history/2026-11'],
    ['/incidents/k3f9a7c2m1qz#u3', '/ar/incidents/k3f9a7c2m1qz#u3'],
    ['/#components', '/ar/#components'],
    ['/subscribe?a=b.c', '/ar/subscribe?a=b.c'],
    ['/history.rss', '/history.rss'],
    ['/api/v2/summary.json', '/api/v2/summary.json'],
    ['/i/k3f9a7c2m1qz', '/i/k3f9a7c2m1qz'],
    ['#i-k3f9a7c2m1qz', '#i-k3f9a7c2m1qz'],
    ['https://northwind.example/terms', 'https://northwind.example/terms'],
    ['//northwind.example/terms', '//northwind.example/terms'],
  ])('the address %s is %s in Arabic and itself in English', (path, arabic) => {
    expect(inLanguage('ar', () => to(path))).toBe(arabic)
    expect(to(path)).toBe(path)
    expect(to(path, 'ar')).toBe(arabic)
  })
})

describe('times', () => {
  test('are written in UTC whatever the zone they came in', () => {
    expect(clock('2026-11-13T00:15:00+05:45')).toBe('18:30')
    expect(date('2026-11-13T00:15:00+05:45')).toBe('Thu 12 Nov 2026')
    expect(longDate('2026-09-05T00:00:00.000Z')).toBe('Saturday 5 September 2026')
    expect(clock('2026-11-12T00:00:00.000Z')).toBe('00:00')
  })

  test.each([
    ['2026-11-12T14:45:00.000Z', '2026-11-12T14:45Z'],
    ['2026-11-12T14:45:30.000Z', '2026-11-12T14:45:30Z'],
    ['2026-11-12T14:00:00.120Z', '2026-11-12T14:00:00.120Z'],
  ])('%s has the machine value %s', (iso, machine) => {
    expect(timeTag(iso, '<x>').html).toBe(`<time datetime="${machine}">&lt;x&gt;</time>`)
  })

  test.each([
    ['2026-11-06', '2026-11-11', '6 – 11 Nov'],
    ['2026-10-30', '2026-11-02', '30 Oct – 2 Nov'],
    ['2025-11-30', '2026-11-02', '30 Nov – 2 Nov'],
    ['2026-11-11', '2026-11-11', '11 Nov'],
  ])('a run of days from %s to %s is "%s"', (from, to, words) => {
    expect(dayRange(from, to)).toBe(words)
  })

  test.each([
    [1, '1 min', '1 minute'],
    [60, '1 h', '1 hour'],
    [96, '1 h 36 min', '1 hour 36 minutes'],
    [1441, '1 day', '1 day'],
    [2940, '2 days 1 h', '2 days 1 hour'],
  ])('%i minutes are "%s", or "%s"', (minutes, short, long) => {
    expect([shortLength(minutes), longLength(minutes)]).toEqual([short, long])
  })

  test('a length is at least a minute', () => {
    expect(minutesBetween('2026-11-12T14:45:00.000Z', '2026-11-12T14:45:20.000Z')).toBe(1)
  })
})

describe('text of an incident', () => {
  test('the status runs into the first paragraph, and stands before a list', () => {
    expect(runIn('Identified.', '<p>Costs $1 & more</p>')).toBe('<p><b><bdi>Identified.</bdi></b> Costs $1 & more</p>')
    expect(runIn('Identified.', '<ul><li>x</li></ul>')).toBe('<p><b><bdi>Identified.</bdi></b></p><ul><li>x</li></ul>')
  })

  test('the summary is the headline somebody wrote, never the first sentence twice', () => {
    expect(summaryOf(signIn)).toBe('')
    expect(summaryOf(signInResolved)).toMatch(/^For 96 minutes/)
    const plain = { ...signInResolved, updates: signIn.updates }
    expect(summaryOf(plain)).toBe('It lasted 1 hour 36 minutes. Login and Dashboard were affected.')
    expect(summaryOf({ ...plain, affected: [] })).toBe('It lasted 1 hour 36 minutes.')
  })
})

describe('shapes', () => {
  test('a page carries only the shapes it uses', () => {
    expect(spriteOf('<use href="#maj"/><use href="#maj"/>').match(/<symbol/g)).toHaveLength(1)
    expect(spriteOf('<p>none</p>')).toBe('')
  })

  test("the favicon is the state's shape in the state's colour, without a request", () => {
    expect(favicon('maj')).toMatch(/^data:image\/svg\+xml,.*fill='%23b3211d'/)
    expect(favicon('ok')).not.toMatch(/["<>#\s]{2}|"/)
  })

  test.each([
    '<svg><script>alert(1)</script></svg>',
    '<svg><image href="https://x.example/a.png"/></svg>',
    '<svg><text>x</text></svg>',
    '<b>x</b>',
    '<svg><path d="M0 0"/>',
    '<svg/onload=alert(1)></svg>',
    "<svg onload='x'></svg>",
  ])('a logo with more than shapes is left out: %s', (svg) => {
    expect(logoShapes(svg)).toBeNull()
  })

  test('a logo of shapes is kept, without handlers, styles and outer references', () => {
    const svg =
      '<svg viewBox="0 0 1 1" onload="x()" style="y"><path d="M0 0h1" fill="url(#z)" fill-rule="evenodd"/></svg>'
    expect(logoShapes(svg)).toBe(
      '<svg aria-hidden="true" viewBox="0 0 1 1"><path d="M0 0h1" fill-rule="evenodd"/></svg>',
    )
    expect(logoShapes(null)).toBeNull()
  })
})
