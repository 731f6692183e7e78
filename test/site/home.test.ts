import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ComponentGroup, HomePage } from '../../api/domain/pages.ts'
import { loadRenderer, type Renderer } from '../../api/publish/renderer.ts'
import { groupOf, rowOf } from '../support/component-samples.ts'
import { SAMPLES, textOf } from '../support/page-samples.ts'
import { groupsOf, homeCrowded, homeWrong, northwind, signIn } from '../support/pages.ts'

let renderer: Renderer
const html: Record<string, string> = {}

beforeAll(async () => {
  renderer = await loadRenderer(join(import.meta.dirname, '..', '..'))
  for (const [name, [route, page]] of Object.entries(SAMPLES)) html[name] = await renderer.render(route, page as never)
}, 60_000)

const home = (page: Partial<HomePage>) => renderer.render('/', { ...homeWrong, ...page })

describe('the home page', () => {
  test('says, without any style: known, since when, when next, whom it concerns and what works', () => {
    const text = textOf(html.wrong!)
    const facts = [
      'Major outage',
      'Sign-in fails for most customers',
      'SEV1 Critical · Identified · since 13:56 UTC, Thu 12 Nov 2026',
      'Next update by 14:45 UTC',
      'Affected Login , Major outage Dashboard , Partial outage',
      'Working API and webhooks, Storage, Billing and email',
      'Updates 14:30 UTC Thu 12 Nov Identified. The cause is a change',
      '14:15 UTC Investigating. About 7 in 10',
      'Components Sign-in and console 99.97% Major outage Login 99.97% Major outage Dashboard 99.99% Partial outage',
      '15 Aug 12 Nov Degraded performance Partial outage Major outage Under maintenance How uptime is counted',
      'Past 7 days 6 – 11 Nov No incidents. Thu 5 Nov · SEV3 Minor · Webhooks · 48 min',
      'Published 14:37 UTC , Thursday 12 November 2026 (revision 218).',
    ]
    const places = facts.map((fact) => text.indexOf(fact))
    expect(places).not.toContain(-1)
    expect(places).toEqual(places.toSorted((one, other) => one - other))
  })

  test('carries the state in title and description, and none in the preview that others keep', () => {
    expect(html.wrong).toContain(
      '<title>Major outage: Sign-in fails for most customers – Northwind Cloud status</title>',
    )
    expect(html.wrong).toContain('content="Sign-in fails for most customers. Next update by 14:45 UTC."')
    expect(html.wrong).toContain('<meta property="og:title" content="Northwind Cloud status">')
    expect(html.wrong).toContain('<link rel="canonical" href="https://status.northwind.example/">')
    expect(html.wrong).toMatch(/<link rel="alternate" type="application\/rss\+xml"[^>]*href="\/history\.rss">/)
    expect(html.quiet).toContain('<title>Northwind Cloud status: all systems operational</title>')
  })

  test('a broken promise is said, with the latest word and one sorry', async () => {
    const late = 'The update promised for 14:45 UTC is late.'
    expect(textOf(html.late!)).toContain(
      `${late} The team is still at work and has been alerted. What we said at 14:30 UTC is our latest word. We are sorry`,
    )
    const promise = { dueAt: signIn.promise!.dueAt, late: true, teamAlerted: false }
    const text = textOf(await home({ incidents: [{ ...signIn, promise, updates: [] }] }))
    expect(text).toContain(`${late} The team is still at work. We have not published an update yet. We are sorry`)
    expect(text).not.toContain('alerted')
  })

  test('a promise for another day names the day', async () => {
    const promise = { dueAt: '2026-11-13T09:00:00.000Z', late: false, teamAlerted: false }
    expect(textOf(await home({ incidents: [{ ...signIn, promise }] }))).toContain('Next update by 09:00 UTC Fri 13 Nov')
  })

  test('all well: says so, with the last incident; on its first day it is complete too', () => {
    expect(textOf(html.quiet!)).toMatch(
      /Operational Everything is working Last change 09:12 UTC, Tue 17 Nov 2026 \. Last incident Thu 12 Nov 2026\./,
    )
    expect(textOf(html.empty!)).toMatch(
      /Everything is working .* No components are listed yet\. Past 7 days No incidents\./,
    )
  })

  test('a page that nobody has set up says that it is not in use, and not that everything works', () => {
    const words = textOf(html.unused!)
    expect(words).toContain('This page is not in use yet')
    expect(words).not.toMatch(/working|1970|Operational/)
  })

  test('a state set by hand, without an incident, is stated with whom it concerns', async () => {
    const degraded = groupsOf(true).map((group, index): ComponentGroup => {
      if (index > 0) return group
      return {
        ...group,
        status: 'degraded_performance',
        components: [{ ...group.components[0]!, status: 'degraded_performance' }],
      }
    })
    const text = textOf(
      await home({ incidents: [], state: 'degraded_performance', groups: degraded, working: ['Storage'] }),
    )
    expect(text).toContain('Some things are slow or unreliable')
    expect(text).toMatch(/Affected Login , Degraded performance Working Storage/)
  })

  test('with twelve incidents the worst leads, and each other has its title as h2, its promise and its word', () => {
    const titles = homeCrowded.incidents.slice(1).map((incident) => incident.title)
    const headings = [...html.crowded!.matchAll(/<h2><a[^>]*>(.*?)<\/a><\/h2>/g)].map(([, title]) => title)
    expect(headings).toEqual(titles)
    const text = textOf(html.crowded!)
    expect(text).toContain('Also open 11 more incidents')
    expect(text).toContain('The update promised for 15:11 UTC is late.')
    for (const minute of [12, 13, 14, 15, 16]) expect(text).toContain(`Next update by 15:${minute} UTC`)
  })

  test('groups in trouble are open and quiet ones closed; all are open while all is well', () => {
    expect(html.wrong!.match(/<details open/g)).toHaveLength(1)
    expect(html.wrong!.match(/<summary><span>/g)).toHaveLength(4)
    expect(html.quiet!.match(/<details open/g)).toHaveLength(4)
  })

  test('components outside any group stand in a list of their own, with their description', async () => {
    const component = {
      ...rowOf('c0mp0nent009', 'Docs'),
      description: 'Guides and reference',
    }
    const page = await home({ groups: [groupOf(null, null, 'operational', [component])] })
    expect(page).not.toContain('<details open')
    expect(page).toContain('<a href="/components/c0mp0nent009">')
    expect(textOf(page)).toContain('Components Docs Guides and reference 100% Operational')
  })

  test('announced maintenance leaves the rule on top green', async () => {
    const page = await home({ incidents: [], state: 'under_maintenance' })
    expect(page).toContain('<body data-state="ok">')
    expect(textOf(page)).toContain('Under maintenance Maintenance is under way')
  })

  test('shows the newest words of a long incident and leads to the others', async () => {
    const updates = Array.from({ length: 30 }, (_, index) => ({ ...signIn.updates[0]!, seq: 30 - index }))
    const text = textOf(await home({ incidents: [{ ...signIn, updates }] }))
    expect(text.match(/Identified\. The cause/g)).toHaveLength(5)
    expect(text).toContain('All 30 updates so far')
  })

  test('hostile names stay text, in the head as well as in the body', async () => {
    const hostile = '</title><script>alert("1")</script><b onclick=x>'
    const incident = { ...signIn, title: hostile, affected: [{ name: hostile, status: 'major_outage' as const }] }
    const company = { ...northwind, name: hostile, logoSvg: `<svg><style>x</style></svg>` }
    const groups = [{ ...groupsOf(false)[0]!, name: hostile }]
    const page = await home({ company, groups, incidents: [incident], working: [hostile] })
    const outsideQuotes = page.replace(/="[^"]*"/g, '=""')
    expect(outsideQuotes.match(/<script/g)).toHaveLength(1)
    expect(outsideQuotes).not.toMatch(/<script>alert|<b onclick|<svg><style/)
    expect(page.match(/<title>/g)).toHaveLength(1)
  })
})
