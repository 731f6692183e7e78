import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ComponentGroup, HomePage } from '../../api/domain/pages.ts'
import { loadRenderer, type Renderer } from '../../api/publish/renderer.ts'
import { type BadDays, barsOf } from '../support/bars.ts'
import { groupOf, rowOf } from '../support/component-samples.ts'
import { textOf } from '../support/page-samples.ts'
import { homeWrong, signIn, signInResolved } from '../support/pages.ts'

let renderer: Renderer

beforeAll(async () => {
  renderer = await loadRenderer(join(import.meta.dirname, '..', '..'))
}, 60_000)

const home = (page: Partial<HomePage>) => renderer.render('/', { ...homeWrong, ...page })

/** Some bad days of their own for each component, and ids as random as real ones. */
const STATES = ['major_outage', 'partial_outage', 'degraded_performance', 'under_maintenance'] as const
const badDaysOf = (one: number): BadDays =>
  Object.fromEntries(
    Array.from({ length: one % 9 }, (_, day) => [
      `2026-10-${10 + ((one * 7 + day * 5) % 20)}`,
      STATES[(one + day) % 4]!,
    ]),
  )
const rowNumber = (one: number) =>
  rowOf(
    createHash('sha256').update(`${one}`).digest('hex').slice(0, 12),
    `Part ${one}`,
    'operational',
    barsOf(badDaysOf(one)),
  )
const thirtyComponents = (): ComponentGroup[] =>
  Array.from({ length: 10 }, (_, group) =>
    groupOf(
      `gr0up000000${group}`,
      `Group ${group}`,
      'major_outage',
      [0, 1, 2].map((one) => rowNumber(3 * group + one)),
    ),
  )

describe('ninety days on the home page', () => {
  test('bars are one picture for each row, whose label lists the newest bad days and counts the rest', async () => {
    const days = ['01', '02', '03', '04', '05', '06', '07', '08'].map((day) => [`2026-10-${day}`, 'partial_outage'])
    const row = rowOf('c0mp0nent009', 'Docs', 'operational', barsOf(Object.fromEntries(days), '2026-09-14'))
    const page = await home({ groups: [groupOf('gr0up0000009', 'Help', 'operational', [row])] })
    const labels = [...page.matchAll(/<svg class="bars"[^>]*role="img" aria-label="([^"]*)"/g)].map(
      ([, label]) => label,
    )
    const said = '8 Oct Partial outage, 7 Oct Partial outage, 6 Oct Partial outage, 5 Oct Partial outage'
    expect(labels).toEqual([
      `Worst of the group, 60 days: 99.94% available. ${said}, 4 Oct Partial outage, 3 Oct Partial outage, and 2 more days.`,
      `60 days: 99.94% available. ${said}, 4 Oct Partial outage, 3 Oct Partial outage, and 2 more days.`,
    ])
    expect(textOf(page)).toContain('Uptime = 1 − time down ÷ time observed')
  })

  test('a component that nobody has observed claims no uptime', async () => {
    const row = rowOf('c0mp0nent009', 'Docs', 'operational', barsOf({}, '2027-01-01'))
    const page = await home({ groups: [groupOf(null, null, 'operational', [row])] })
    expect(page).toContain('aria-label="Nothing observed yet."')
    expect(textOf(page)).toContain('Docs no data Operational')
  })

  test('fits into the first window of a connection, with an incident and thirty components', async () => {
    const page = await home({
      groups: thirtyComponents(),
      incidents: [{ ...signIn, updates: signInResolved.updates.slice(1) }],
    })
    expect(brotliCompressSync(page).length).toBeLessThan(14_000)
  })
})
