import { expect, it } from 'vitest'
import { type Family, readPrometheus } from '../support/prometheus.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { follow, soon, staff } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const story = await startStory(carriedBy(smtp, await testTwilio()))
const MINUTE = 60_000

/** Every name that contract section 9 fixes, and its kind. */
const FIXED = {
  sitrep_open_incidents: 'gauge',
  sitrep_update_overdue_seconds: 'gauge',
  sitrep_deliveries_total: 'counter',
  sitrep_delivery_latency_seconds: 'histogram',
  sitrep_outbox_oldest_seconds: 'gauge',
  sitrep_publish_lag_seconds: 'histogram',
  sitrep_alerts_total: 'counter',
  sitrep_cadence_scan_age_seconds: 'gauge',
}

async function scrape(): Promise<Map<string, Family>> {
  const answer = await story.visit('/metrics')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4')
  return readPrometheus(await answer.text())
}

/** The value of the sample whose labels hold these; undefined where there is none. */
const sample = (families: Map<string, Family>, name: string, labels: Record<string, string> = {}) =>
  families
    .get(name.replace(/_(count|sum)$/, ''))
    ?.samples.find(
      (each) => each.name === name && Object.entries(labels).every(([label, value]) => each.labels[label] === value),
    )?.value

it('offers every name that was promised, and what the process and its connections do', async () => {
  const families = await scrape()
  for (const [name, type] of Object.entries(FIXED)) expect(families.get(name)?.type, name).toBe(type)
  expect(sample(families, 'process_resident_memory_bytes')).toBeGreaterThan(1e7)
  expect(sample(families, 'sitrep_database_connections', { state: 'active' })).toBeGreaterThanOrEqual(1)
  expect(sample(families, 'sitrep_database_up')).toBe(1)
  for (const severity of ['SEV1', 'SEV2', 'SEV3', 'SEV4'])
    expect(sample(families, 'sitrep_open_incidents', { severity })).toBe(0)
})

it('counts what was carried and how long it took, and tells how late a promise is and who was alerted', async () => {
  await staff(story, 'admin', 'Ada Admin')
  for (const name of ['ada', 'ben', 'cem']) await follow(story, 'email', `${name}@customer.example`)
  const { body } = await story.api('POST', '/incidents', {
    title: 'Sign-in fails',
    severity: 'SEV1',
    body: 'We look into it.',
  })
  await smtp.waitFor(3)
  await soon(async () => {
    const families = await scrape()
    const email = { channel: 'email' }
    expect(sample(families, 'sitrep_deliveries_total', { ...email, state: 'accepted' })).toBe(3)
    expect(sample(families, 'sitrep_delivery_latency_seconds_count', email)).toBe(3)
    expect(sample(families, 'sitrep_publish_lag_seconds_count')).toBeGreaterThanOrEqual(1)
    expect(sample(families, 'sitrep_open_incidents', { severity: 'SEV1' })).toBe(1)
    expect(sample(families, 'sitrep_update_overdue_seconds', { incident: body.id, severity: 'SEV1' })).toBe(0)
  })
  await story.later(20 * MINUTE)
  await soon(async () => {
    const families = await scrape()
    const late = sample(families, 'sitrep_update_overdue_seconds', { incident: body.id })
    expect(late).toBeGreaterThanOrEqual(300)
    expect(late).toBeLessThan(400)
    expect(sample(families, 'sitrep_alerts_total', { rung: 'deputy' })).toBe(1)
    expect(sample(families, 'sitrep_cadence_scan_age_seconds')).toBeLessThan(30)
  })
})

it('tells how old the oldest word is that could have gone out and has not', async () => {
  smtp.faults.push({ at: 'rcpt', code: 450, message: '4.2.1 Try again later' })
  await story.api('POST', '/incidents', { title: 'Search is slow', severity: 'SEV4', body: 'We look into it.' })
  await soon(async () =>
    expect(sample(await scrape(), 'sitrep_deliveries_total', { channel: 'email', state: 'failed_for_now' })).toBe(1),
  )
  const before = sample(await scrape(), 'sitrep_outbox_oldest_seconds', { channel: 'email' })
  expect(before).toBeLessThan(60)
  expect(sample(await scrape(), 'sitrep_outbox_oldest_seconds', { channel: 'sms' })).toBe(0)
})
