import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { changeIncident } from '../../api/actions/change-incident.ts'
import { makeKey } from '../../api/actions/make-key.ts'
import { retractIncident } from '../../api/actions/retract-incident.ts'
import { measure } from '../../api/http/measured-range.ts'
import { replay } from '../../api/replay/replay.ts'
import { incidents } from '../../db/schema.ts'
import { wordsOf } from '../support/forms.ts'
import { history, told } from '../support/histories.ts'
import { testWorld } from '../support/world.ts'

const house = await testWorld()
const { key } = await makeKey(house.acting(), { name: 'board', role: 'viewer' })
const ask = async (query: string) => {
  const answer = await house.app.request(`http://localhost:3000/api/v1/metrics/incidents${query}`, {
    headers: { authorization: `Bearer ${key}` },
  })
  return { status: answer.status, body: await answer.json() }
}

const lines = [
  history({
    id: 'late',
    impact: 'critical',
    updates: [
      told('10:00', 'investigating'),
      told('10:10', 'update'),
      told('10:20', 'monitoring'),
      told('10:55', 'resolved'),
    ],
  }),
  history({ id: 'in time', at: '2026-03-09' }),
  history({ id: 'earlier', at: '2026-02-09', updates: [told('08:00', 'investigating'), told('10:00', 'resolved')] }),
  history({ id: 'silent', at: '2026-03-12', resolved_at: null, updates: [told('10:00', 'investigating')] }),
]
await replay(house.acting(), lines.map((line) => JSON.stringify(line)).join('\n'))
const MARCH = '?since=2026-03-01T00:00:00Z&until=2026-04-01T00:00:00Z'

describe('GET /metrics/incidents', () => {
  it('tells of a replayed history how the cadence was kept and how long incidents took', async () => {
    const { status, body } = await ask(`${MARCH}&severity=SEV1`)
    expect(status).toBe(200)
    expect(body).toMatchObject({ since: '2026-03-01T00:00:00.000Z', until: '2026-04-01T00:00:00.000Z' })
    const unknown = { known: 0, unknown: 1, out_of_order: 0, mean: null, median: null, p90: null }
    const known = (length: string) => ({ ...unknown, known: 1, unknown: 0, mean: length, median: length, p90: length })
    expect(body.total).toEqual({
      incidents: 1,
      open: 0,
      cadence: {
        deadlines_due: 4,
        deadlines_met: 3,
        deadlines_voided: 0,
        kept_percent: 75,
        overdue: 'PT5M',
        longest_silence: 'PT35M',
        open_silence: null,
      },
      updates: 4,
      share_no_change: 0,
      time_to_first_update: known('PT0S'),
      time_to_first_update_from_start: known('PT0S'),
      time_to_detect: unknown,
      time_to_acknowledge: unknown,
      time_to_mitigate: known('PT20M'),
      time_to_resolve: known('PT55M'),
    })
  })

  it('puts what was resolved in time outside, and counts the promise that is broken now', async () => {
    const { body } = await ask(`${MARCH}&severity=SEV3`)
    expect(body.total).toMatchObject({ incidents: 2, open: 1, time_to_resolve: { known: 1, unknown: 1 } })
    expect(body.total.cadence).toMatchObject({ deadlines_due: 3, deadlines_met: 2, deadlines_voided: 1 })
    const hours = (duration: string) => Temporal.Duration.from(duration).total('hours')
    const sinceThen = (Date.parse(body.as_of) - Date.parse('2026-03-12T10:00:00Z')) / 3_600_000
    expect(hours(body.total.cadence.open_silence)).toBeCloseTo(sinceThen, 2)
    expect(hours(body.total.cadence.overdue)).toBeCloseTo(sinceThen - 1, 2)
  })

  it('groups by severity and by month of declaration, quiet ones included', async () => {
    const { body } = await ask('?since=2026-01-01T00:00:00Z&until=2026-04-01T00:00:00Z')
    const counted = (rows: { incidents: number }[], name: string) =>
      rows.map((row) => [(row as unknown as Record<string, string>)[name], row.incidents])
    expect(counted(body.by_month, 'month')).toEqual([
      ['2026-03', 3],
      ['2026-02', 1],
      ['2026-01', 0],
    ])
    expect(counted(body.by_severity, 'severity')).toEqual([
      ['SEV1', 1],
      ['SEV2', 0],
      ['SEV3', 3],
      ['SEV4', 0],
    ])
  })

  it('tells of the last twelve months where no range is asked for', async () => {
    const { body } = await ask('')
    expect(body.by_month).toHaveLength(12)
    expect(body.by_month[0].month).toBe(body.as_of.slice(0, 7))
    expect(body.since).toBe(`${body.by_month.at(-1).month}-01T00:00:00.000Z`)
  })

  it.each([
    ['?since=yesterday', 'since'],
    ['?since=2026-04-01T00:00:00Z&until=2026-03-01T00:00:00Z', 'since'],
    ['?since=1999-01-01T00:00:00Z', 'since'],
    ['?severity=SEV5', 'severity'],
    ['?group=week', 'group'],
  ])('refuses %s by the name of the field', async (query, field) => {
    const { status, body } = await ask(query)
    expect(status).toBe(422)
    expect(body.errors).toEqual([expect.objectContaining({ field })])
  })
})

describe('the screen of figures', () => {
  it('tells the same to a viewer, for whole days, and is found from every screen', async () => {
    const viewer = await house.signIn(await house.person('viewer'))
    const words = wordsOf(
      await (await viewer.get('/console/metrics?since=2026-03-02&until=2026-03-02&severity=SEV1')).text(),
    )
    expect(words).toContain('75.0 % of our deadlines were met')
    expect(words).toContain('1 incident declared Mon 2 Mar 2026 to Mon 2 Mar 2026, UTC')
    expect(words).toMatch(/SEV1 75.0 % 3 of 4 5 min 35 min/)
    expect(await (await viewer.get('/console')).text()).toContain('href="/console/metrics"')
  })

  it('shows what is wrong with the days asked for beside their field', async () => {
    const viewer = await house.signIn(await house.person('viewer'))
    for (const query of ['?since=2026-03-03&until=2026-03-01', '?since=soon']) {
      const answer = await viewer.get(`/console/metrics${query}`)
      expect(answer.status).toBe(422)
      expect(await answer.text()).toContain('id="since-error"')
    }
  })

  it('is not open to an executive', async () => {
    const executive = await house.signIn(await house.person('executive'))
    expect((await executive.get('/console/metrics')).status).toBe(403)
  })

  it('has its incident’s own figures in each room', async () => {
    const viewer = await house.signIn(await house.person('viewer'))
    const [late] = await house.db.select().from(incidents).where(eq(incidents.severity, 'SEV1'))
    const words = wordsOf(await (await viewer.get(`/console/incidents/${late!.id}`)).text())
    expect(words).toMatch(/Deadlines met 3 of 4 , 75.0 % Overdue in all 5 min Longest silence 35 min/)
    expect(words).toMatch(/Time to detect not known Time to acknowledge not known Time to mitigate 20 min/)
  })
})

it('what was measured before is measured again once anything about it has changed', async () => {
  const acting = house.acting()
  /** Whoever never measured anything. */
  const anew = () => house.db.transaction(async (tx) => (await measure({ ...acting, db: tx as never }, all)).metrics)
  const all = { since: new Date('2026-01-01T00:00:00Z'), until: new Date('2026-04-01T00:00:00Z') }
  const [late] = await house.db.select().from(incidents).where(eq(incidents.severity, 'SEV1'))
  const input = { body: 'It was our mistake.', reason: 'Nothing was wrong.', notify: false }
  const before = await measure(acting, all)
  await changeIncident(acting, late!.id, { detected_at: new Date('2026-03-02T09:59:00Z') })
  const changed = await measure(acting, all)
  expect(changed.metrics.bySeverity[0]).not.toEqual(before.metrics.bySeverity[0])
  expect(changed.metrics.bySeverity[0]).toEqual((await anew()).bySeverity[0])
  await retractIncident(acting, late!.id, input)
  const retracted = await measure(acting, all)
  expect([before.metrics.retracted, retracted.metrics.retracted]).toEqual([0, 1])
  expect(retracted.metrics.bySeverity[0]).toEqual((await anew()).bySeverity[0])
})
