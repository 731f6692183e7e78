import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { HistoryEntry, HistoryPage } from '../../api/domain/pages.ts'
import { loadRenderer, type Renderer } from '../../api/publish/renderer.ts'
import { textOf } from '../support/page-samples.ts'
import { at, northwind, stamp } from '../support/pages.ts'

let renderer: Renderer

beforeAll(async () => {
  renderer = await loadRenderer(join(import.meta.dirname, '..', '..'))
}, 60_000)

const incident: HistoryEntry = {
  kind: 'incident',
  id: 'k3f9a7c2m1qz',
  title: 'Sign-in fails for most customers',
  severity: 'SEV1',
  retracted: false,
  from: at('13:56'),
  to: at('15:32'),
  components: ['Login', 'Dashboard'],
}
const maintenance: HistoryEntry = {
  kind: 'maintenance',
  id: 'm41nt3nanc31',
  title: 'Storage EU: database upgrade',
  status: 'completed',
  from: at('01:00', '2026-11-08'),
  to: at('03:00', '2026-11-08'),
  components: ['Storage EU'],
}

const history = (own: Partial<HistoryPage> = {}) =>
  renderer.render('/history', {
    company: northwind,
    stamp,
    month: '2026-11',
    index: true,
    entries: [incident, maintenance],
    months: ['2026-11', '2026-10', '2025-12'],
    ...own,
  })

describe('the history', () => {
  test('has a row for each incident and maintenance: when, what, how severe, of what, how long', async () => {
    const text = textOf(await history())
    expect(text).toContain('since December 2025')
    expect(text).toContain('November 2026 1 incident')
    expect(text).toContain(
      'Thu 12 Nov 13:56 – 15:32 UTC Sign-in fails for most customers SEV1 Critical · Login, Dashboard 1 h 36 min',
    )
    expect(text).toContain(
      'Sun 8 Nov 01:00 – 03:00 UTC Storage EU: database upgrade Maintenance · Completed · Storage EU 2 h',
    )
  })

  test('an open incident says since when, one over midnight both days, a false alarm no length', async () => {
    const open = textOf(await history({ entries: [{ ...incident, to: null }] }))
    expect(open).toMatch(/Thu 12 Nov since 13:56 UTC .* Dashboard Open/)
    const overnight = { ...incident, from: at('23:15'), to: at('03:05', '2026-11-13') }
    expect(textOf(await history({ entries: [overnight] }))).toContain('Thu 12 Nov – Fri 13 Nov 23:15 – 03:05 UTC')
    const retracted = textOf(await history({ entries: [{ ...incident, retracted: true }] }))
    expect(retracted).toContain('no incidents')
    expect(retracted).toMatch(/SEV1 Critical · False alarm · Login, Dashboard All months|Dashboard October/)
  })

  test('a quiet month is said and not skipped, also when there was maintenance', async () => {
    const quiet = await history({ month: '2026-10', index: false, entries: [] })
    expect(textOf(quiet)).toContain('October 2026 no incidents A quiet month: no incidents.')
    expect(textOf(await history({ entries: [maintenance] }))).toMatch(/A quiet month: no incidents\. Sun 8 Nov/)
  })

  test('every month is linked, by year; the months beside it lie one step away', async () => {
    const page = await history({ month: '2026-10', index: false })
    const links = [...page.matchAll(/<a href="(\/history\/[\d-]+)"[^>]*>([^<]*)<\/a>/g)].map(
      ([, href, words]) => `${href} ${words}`,
    )
    expect(links).toEqual([
      '/history/2025-12 December 2025',
      '/history/2026-11 November 2026',
      '/history/2026-10 October',
      '/history/2026-11 November',
      '/history/2025-12 December',
    ])
    expect(page).toContain('<link rel="canonical" href="https://status.northwind.example/history/2026-10">')
    expect(await history()).toContain('<link rel="canonical" href="https://status.northwind.example/history">')
  })

  test('leads to its feeds', async () => {
    for (const feed of ['/history.rss', '/history.atom', '/feed.json'])
      expect(await history()).toContain(`<a href="${feed}">`)
  })
})
