import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ComponentPage, HistoryEntry } from '../../api/domain/pages.ts'
import { loadRenderer, type Renderer } from '../../api/publish/renderer.ts'
import { barsOf } from '../support/bars.ts'
import { rowOf } from '../support/component-samples.ts'
import { textOf } from '../support/page-samples.ts'
import { at, northwind, stamp } from '../support/pages.ts'

let renderer: Renderer

beforeAll(async () => {
  renderer = await loadRenderer(join(import.meta.dirname, '..', '..'))
}, 60_000)

const BAD = { '2026-11-12': 'major_outage', '2026-11-11': 'partial_outage', '2026-10-02': 'under_maintenance' } as const

const OPEN: HistoryEntry = {
  kind: 'incident',
  id: 'k3f9a7c2m1qz',
  title: 'Sign-in fails',
  severity: 'SEV1',
  retracted: false,
  from: at('13:56'),
  to: null,
  components: ['Login'],
}

const component = (own: Partial<ComponentPage> = {}) =>
  renderer.render('/component', {
    company: northwind,
    stamp,
    component: { ...rowOf('c0mp0nent001', 'Login', 'major_outage', barsOf(BAD)), description: 'Signing in' },
    group: 'Sign-in and console',
    startDate: '2024-03-01',
    entries: [OPEN],
    ...own,
  })

describe("a component's page", () => {
  test('says its state, where it belongs and its uptime with what that is a share of', async () => {
    const text = textOf(await component())
    expect(text).toMatch(/Major outage Login Part of Sign-in and console Signing in/)
    expect(text).toMatch(/99\.\d\d% uptime over the 90 days observed\. Observed since Fri 1 Mar 2024\./)
    expect(text).toContain('Uptime = 1 − time down ÷ time observed')
  })

  test('tells each bad day in words with how long it was down, and joins the quiet ones', async () => {
    expect(textOf(await component())).toMatch(
      /Day by day 12 Nov Major outage counts as 20 min down 11 Nov Partial outage counts as 6 min down 3 Oct – 10 Nov Operational 2 Oct Under maintenance 15 Aug – 1 Oct Operational/,
    )
  })

  test('its bars are one picture with a label that lists the bad days', async () => {
    const bars = [...(await component()).matchAll(/<svg class="bars"[^>]*aria-label="([^"]*)"/g)].map(
      ([, label]) => label,
    )
    expect(bars).toHaveLength(1)
    expect(bars[0]).toMatch(
      /^90 days: 99\.\d\d% available\. 12 Nov Major outage, 11 Nov Partial outage, 2 Oct Under maintenance\.$/,
    )
  })

  test('a new one counts from its first day, and one that nobody has observed claims nothing', async () => {
    const young = { ...rowOf('c0mp0nent002', 'Search', 'operational', barsOf({}, '2026-11-03')) }
    const text = textOf(await component({ component: young, startDate: '2026-11-03', entries: [], group: null }))
    expect(text).toContain('100% uptime over the 10 days observed. Observed since Tue 3 Nov 2026.')
    expect(text).toMatch(/3 – 12 Nov Operational 15 Aug – 2 Nov Not observed/)
    expect(text).toContain('No incident or maintenance has concerned it.')
    const unseen = { ...young, bars: barsOf({}, '2027-01-01') }
    expect(textOf(await component({ component: unseen }))).toContain('Nothing has been observed yet.')
  })

  test('what is planned stands before what has been, and of what recurs the next time alone', async () => {
    const planned = (id: string, day: string): HistoryEntry => ({
      kind: 'maintenance',
      id,
      title: 'Weekly tidying',
      status: 'scheduled',
      from: at('03:00', day),
      to: at('03:30', day),
      components: ['Login'],
    })
    const entries = [planned('w33k00000002', '2026-11-26'), planned('w33k00000001', '2026-11-19'), OPEN]
    const page = await component({ entries })
    expect(textOf(page)).toMatch(/Scheduled Thu 19 Nov 2026 .* Weekly tidying .* History .* Sign-in fails/)
    expect(textOf(page)).not.toContain('26 Nov 2026')
  })

  test('offers its own feeds, to readers and to their programs', async () => {
    const page = await component()
    for (const kind of ['rss', 'atom']) {
      expect(page).toContain(`<a href="/components/c0mp0nent001.${kind}">`)
      expect(page).toMatch(
        new RegExp(
          `<link rel="alternate" type="application/${kind}\\+xml" title="Login[^>]*href="/components/c0mp0nent001.${kind}">`,
        ),
      )
    }
  })

  test('lists what concerned it, with the year', async () => {
    expect(textOf(await component())).toMatch(
      /History Thu 12 Nov 2026 since 13:56 UTC Sign-in fails SEV1 Critical · Login Open/,
    )
  })
})
