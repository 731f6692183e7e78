import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { MaintenanceListPage, MaintenanceView } from '../../api/domain/pages.ts'
import { loadRenderer, type Renderer } from '../../api/publish/renderer.ts'
import { textOf } from '../support/page-samples.ts'
import { at, homeQuiet, northwind, stamp } from '../support/pages.ts'

let renderer: Renderer

beforeAll(async () => {
  renderer = await loadRenderer(join(import.meta.dirname, '..', '..'))
}, 60_000)

const planned: MaintenanceView = {
  id: 'm41nt3nanc31',
  title: 'Storage EU: database upgrade',
  status: 'scheduled',
  scheduledFor: at('02:00', '2026-11-15'),
  scheduledUntil: at('04:00', '2026-11-15'),
  startedAt: null,
  endedAt: null,
  recurs: false,
  html: '<p>Reads are not affected.</p>',
  affected: ['Storage EU'],
  updates: [
    { id: 'mu0000000001', seq: 1, step: 'planned', status: 'scheduled', at: at('10:00'), html: '<p>Please plan.</p>' },
  ],
}
const running: MaintenanceView = {
  ...planned,
  id: 'm41nt3nanc32',
  title: 'Network work',
  status: 'in_progress',
  startedAt: at('02:00', '2026-11-15'),
}
const completed: MaintenanceView = {
  ...running,
  id: 'm41nt3nanc33',
  status: 'completed',
  endedAt: at('03:10', '2026-11-15'),
}

const page = (maintenance: MaintenanceView) =>
  renderer.render('/maintenance', { company: northwind, stamp, maintenance })
const list = (own: Partial<MaintenanceListPage>) =>
  renderer.render('/maintenance-list', { company: northwind, stamp, running: [], upcoming: [], past: [], ...own })

describe('a maintenance', () => {
  test('says from when to when in UTC, what is done and to what; the thread tells each step', async () => {
    const text = textOf(await page(planned))
    expect(text).toMatch(
      /Scheduled Storage EU: database upgrade Sun 15 Nov 2026, 02:00 – 04:00 UTC · 2 h Reads are not affected\. Components Storage EU/,
    )
    expect(text).toMatch(/Updates 10:00 UTC Link to this update Thu 12 Nov Planned\. Please plan\./)
    expect(await page(planned)).toContain('<a href="/calendar.ics">')
  })

  test('over midnight it names both days', async () => {
    const night = { ...planned, scheduledFor: at('23:00', '2026-11-15'), scheduledUntil: at('01:00', '2026-11-16') }
    expect(textOf(await page(night))).toContain('23:00 UTC, Sun 15 Nov 2026 – 01:00 UTC, Mon 16 Nov 2026')
  })

  test.each([
    ['scheduled', planned, 'Scheduled', 'ok'],
    ['in progress', running, 'In progress', 'ok'],
    ['verifying', { ...running, status: 'verifying' as const }, 'Verifying', 'ok'],
    ['completed', completed, 'Completed', 'ok'],
    ['cancelled', { ...planned, status: 'cancelled' as const }, 'Cancelled', 'ok'],
  ])('%s: says so in a word and leaves the rule on top green', async (_, maintenance, word, rule) => {
    const html = await page(maintenance)
    expect(html).toMatch(
      new RegExp(
        `<p class="state (mnt|ok)"><svg[^>]*><use[^>]*></use></svg>${word}</p>|<p class="state (mnt|ok)">.*?${word}</p>`,
      ),
    )
    expect(html).toContain(`<body data-state="${rule}">`)
  })

  test('one under way says since when, one that is over when it took place, one of a series that', async () => {
    expect(textOf(await page(running))).toContain('Under way since 02:00 UTC, Sun 15 Nov 2026')
    expect(textOf(await page(completed))).toContain('Took place Sun 15 Nov 2026, 02:00 – 03:10 UTC')
    expect(textOf(await page({ ...planned, recurs: true }))).toContain('Repeats One of a series')
  })
})

describe('the list of maintenance', () => {
  test('has what runs, what is planned and what is past, in that order', async () => {
    const text = textOf(await list({ running: [running], upcoming: [planned], past: [completed] }))
    expect(text).toMatch(
      /Under way Sun 15 Nov 2026, .* In progress · Storage EU Network work .* Planned .* database upgrade Reads .* Past .* Maintenance · Completed · Storage EU 1 h 10 min/,
    )
  })

  test('with none it says so', async () => {
    expect(textOf(await list({}))).toMatch(/Planned Nothing is planned\. Past There has been no maintenance yet\./)
  })
})

describe('maintenance on the home page', () => {
  const home = (maintenances: MaintenanceView[]) => renderer.render('/', { ...homeQuiet, maintenances })

  test('stands between components and the past week: the first two with their plan, then the way to all', async () => {
    const third = { ...planned, id: 'm41nt3nanc34', title: 'The third' }
    const html = await home([running, planned, third])
    expect(textOf(html)).toMatch(
      /Components .* Scheduled .* Network work Reads .* upgrade Reads .* The third All maintenance Past 7 days/,
    )
    expect(textOf(html).match(/Reads are not affected/g)).toHaveLength(2)
    expect(html).toContain('<a href="/maintenance">')
  })

  test('without any there is no such section', async () => {
    expect(textOf(await home([]))).not.toContain('Scheduled')
  })

  test('past maintenance stands among the past seven days', async () => {
    const past = [{ kind: 'maintenance' as const, day: at('00:00', '2026-11-15'), maintenance: completed }]
    const text = textOf(await renderer.render('/', { ...homeQuiet, past }))
    expect(text).toContain(
      'Past 7 days Sun 15 Nov · Maintenance · Completed · Storage EU · 1 h 10 min Network work All incidents',
    )
  })
})
