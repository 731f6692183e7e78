import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { makeKey } from '../../api/actions/make-key.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { subscribe, subscribeInput } from '../../api/actions/subscribe.ts'
import type { Route } from '../../api/http/route.ts'
import { routes } from '../../api/http/routes.ts'
import { updatesOf } from '../../db/queries/incidents.ts'
import { BRIEFING } from '../support/briefings.ts'
import { someEndpoint } from '../support/endpoints.ts'
import { testWorld } from '../support/world.ts'

const house = await testWorld()
const admin = await house.person('admin', { phone: '+4915112340003' })
const second = await house.person('commander')
const { key, row } = await makeKey(house.acting(), { name: 'tests', role: 'admin', person_id: admin.id })
const ask = (method: string, path: string, body?: unknown) =>
  house.app.request(`http://localhost:3000/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })

type Schema = Record<string, unknown>
interface Parameter {
  name: string
  in: string
  required?: boolean
  schema: Schema
}
interface Operation {
  operationId: string
  tags: string[]
  summary: string
  parameters: Parameter[]
  security?: object[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>
}
const document = await (await ask('GET', '/openapi.json')).json()
const operations = Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(([path, each]) =>
  Object.entries(each).map(([method, operation]) => ({ path, method, operation })),
)

/** Every object in a document, however deep. */
function* inside(value: unknown): Generator<Schema> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield value as Schema
  for (const each of Object.values(value)) yield* inside(each)
}

describe('openapi.json', () => {
  it('is an OpenAPI 3.1 document for anybody to read', async () => {
    const answer = await house.app.request('http://localhost:3000/api/v1/openapi.json')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toContain('application/json')
    expect(document.openapi).toBe('3.1.0')
    expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) })
    expect(document.servers).toEqual([{ url: 'http://localhost:3000/api/v1' }])
  })

  it('names each operation once, under a tag it declares, with its path parameters', () => {
    const ids = operations.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    const tags = document.tags.map((tag: { name: string }) => tag.name)
    for (const { path, operation } of operations) {
      expect(
        operation.tags.every((tag) => tags.includes(tag)),
        path,
      ).toBe(true)
      expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/)
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const own = operation.parameters.filter((each) => each.in === 'path')
      expect(own.map(({ name }) => name)).toEqual(named)
      expect(own.every(({ required }) => required)).toBe(true)
      const all = operation.parameters.map((each) => `${each.in} ${each.name}`)
      expect(new Set(all).size, path).toBe(all.length)
      for (const [status, { description }] of Object.entries(operation.responses)) {
        expect(status).toMatch(/^(\d{3}|default)$/)
        expect(description).toBeTruthy()
      }
    }
  })

  it('refers to nothing that it does not hold, and speaks no word of OpenAPI 3.0', () => {
    for (const each of inside(document)) {
      if (typeof each.$ref === 'string') {
        const target = each.$ref
          .replace('#/', '')
          .split('/')
          .reduce<unknown>((at, step) => (at as Schema)?.[step], document)
        expect(target, each.$ref).toBeDefined()
      }
      expect(each).not.toHaveProperty('nullable')
      if ('type' in each && 'exclusiveMinimum' in each) expect(typeof each.exclusiveMinimum).toBe('number')
    }
  })

  it('describes what comes in as it is written, not as it is read', () => {
    const body = document.paths['/incidents'].post.requestBody.content['application/json'].schema
    expect(body.required.toSorted()).toEqual(['severity', 'title'])
    expect(body.additionalProperties).toBe(false)
    expect(body.properties.title).toMatchObject({ type: 'string', maxLength: 120 })
    expect(body.properties.started_at).toMatchObject({ type: 'string', format: 'date-time' })
    const update = document.paths['/incidents/{id}/updates'].post
    expect(update.requestBody.content['application/json'].schema.properties.next_update_in.type).toBe('string')
    expect(update.parameters.map((each: Parameter) => each.name)).toEqual(['id', 'Idempotency-Key', 'If-Match'])
    const list = document.paths['/incidents'].get.parameters
    expect(list.find((each: Parameter) => each.name === 'limit').schema).toMatchObject({ maximum: 200, default: 50 })
  })

  it('describes every webhook with its headers, under a name of its own', () => {
    const names = Object.keys(document.webhooks)
    expect(names).toEqual([
      'subscription.challenge',
      'incident.update',
      'incident.correction',
      'incident.holding_notice',
      'incident.merged',
      'maintenance.update',
      'maintenance.reminder',
      'staff.note',
      'alert',
      'briefing',
      'test',
    ])
    const ids = operations.map(({ operation }) => operation.operationId)
    for (const name of names) {
      const { post } = document.webhooks[name]
      expect(ids).not.toContain(post.operationId)
      expect(post.parameters.map((each: Parameter) => each.name)).toEqual([
        'webhook-id',
        'webhook-timestamp',
        'webhook-signature',
      ])
      expect(post.requestBody.content['application/json'].schema).toMatchObject({
        properties: { type: { const: name } },
        required: expect.arrayContaining(['type']),
      })
    }
  })

  it('says of what is open to anyone that no key is needed', () => {
    const open = operations.filter(({ operation }) => operation.security?.length === 0).map(({ path }) => path)
    expect(open.toSorted()).toEqual(['/docs', '/openapi.json', '/subscriptions', '/subscriptions/confirmations'])
  })

  it('can be read as a page without any script of others', async () => {
    const answer = await house.app.request('http://localhost:3000/api/v1/docs')
    const html = await answer.text()
    expect(answer.headers.get('content-type')).toContain('text/html')
    for (const path of ['/incidents/{id}/updates', '/cadence']) expect(html).toContain(path)
    expect([...html.matchAll(/(?:src|href)="(https?:)?\/\/[^"]*"/g)].map(([found]) => found)).toEqual([])
  })
})

const { id } = await openIncident(house.acting(), {
  title: 'Sign-in fails',
  severity: 'SEV1',
  body: 'It fails.',
  commander_id: admin.id,
  war_room: { bridge_url: 'https://meet.example/1', channel_url: null, documents: [] },
})
const [said] = await updatesOf(house.db, id)
await subscribe(house.acting(), subscribeInput.parse({ channel: 'email', address: 'lena@customer.example' }))
const hook = await someEndpoint(house, 'https://hooks.example.com/')
const component = await (await ask('POST', '/components', { name: 'Login', start_date: '2026-01-01' })).json()
const group = await (await ask('POST', '/component-groups', { name: 'Core' })).json()
const window = { scheduled_for: '2099-01-01T02:00:00Z', scheduled_until: '2099-01-01T04:00:00Z' }
const work = { title: 'Storage upgrade', body: 'We replace disks.', ...window }
const plan = async () => (await ask('POST', '/maintenances', work)).json()
const [maintenance, cancelled] = [await plan(), await plan()]
const reader = {
  channel: 'email',
  address: 'ada@customer.example',
  consent_at: '2026-01-01T00:00:00Z',
  consent_source: 'crm',
}
await ask('POST', '/subscribers/import', [reader])
const [subscriber] = (await (await ask('GET', '/subscribers')).json()).data
const source = await (await ask('POST', '/alert-sources', { kind: 'generic', name: 'Uptime' })).json()
const alert = { method: 'POST', body: JSON.stringify({ group: 'checkout', status: 'firing', title: 'Checkout fails' }) }
const { draft_id: draft } = await (await house.app.request(source.url, alert)).json()
const audience = await (await ask('POST', '/audiences', { slug: 'acme', name: 'Acme' })).json()
const former = await (await ask('POST', '/audiences', { slug: 'former', name: 'Former' })).json()
const [theirs, ours] = await Promise.all(
  [`/audiences/${audience.id}/links`, '/staff-links'].map(async (path) =>
    (await ask('POST', path, { name: 'Desk' })).json(),
  ),
)
const decision_needed = { question: 'Write to all?', by_person_id: admin.id, by: '2099-01-01T00:00:00Z', advice: 'No.' }
const briefed = await (await ask('POST', `/incidents/${id}/briefings`, { ...BRIEFING, decision_needed })).json()
const words = { name: 'Over at last', moment: 'update', status: 'resolved', body: 'It is over: {{how we know}}.' }
const template = await (await ask('POST', '/message-templates', words)).json()
const cadence = await (await ask('GET', '/cadence')).json()
const organisation = await (await ask('GET', '/organisation')).json()

/** One real request for each route that has an answer to describe. */
const REQUESTS: [string, string, string, unknown?][] = [
  ['POST', '/incidents', '/incidents', { title: 'Another', severity: 'SEV3', components: [{ id: component.id }] }],
  ['GET', '/incidents', '/incidents?state=open&severity=SEV1&since=2026-01-01T00:00:00Z'],
  ['GET', '/incidents/:id', `/incidents/${id}`],
  ['PATCH', '/incidents/:id', `/incidents/${id}`, { roles: { deputy: admin.id }, detected_at: null }],
  ['POST', '/incidents/:id/updates', `/incidents/${id}/updates`, { body: 'More.', status: 'identified' }],
  ['POST', '/incidents/:id/updates/preview', `/incidents/${id}/updates/preview`, { body: 'The root cause is known.' }],
  [
    'POST',
    '/incidents/:id/updates/:uid/corrections',
    `/incidents/${id}/updates/${said!.id}/corrections`,
    { body: 'It fails for some.', reason: 'We counted.', notify: false },
  ],
  ['POST', '/incidents/:id/timeline', `/incidents/${id}/timeline`, { text: 'A note' }],
  ['GET', '/incidents/:id/timeline', `/incidents/${id}/timeline`],
  ['POST', '/incidents/:id/handover', `/incidents/${id}/handover`, { to_person_id: second.id, note: 'Yours.' }],
  ['GET', '/incidents/:id/alerts', `/incidents/${id}/alerts`],
  ['POST', '/incidents/:id/acknowledgements', `/incidents/${id}/acknowledgements`, { for: 'PT5M' }],
  ['POST', '/incidents/:id/snoozes', `/incidents/${id}/snoozes`, { for: 'PT5M', reason: 'We call the provider.' }],
  ['GET', '/incidents/:id/deliveries', `/incidents/${id}/deliveries?channel=email&state=queued`],
  ['POST', '/incidents/:id/deliveries/retry', `/incidents/${id}/deliveries/retry`, { update_id: said!.id }],
  ['GET', '/incidents/:id/announcements', `/incidents/${id}/announcements`],
  [
    'POST',
    '/incidents/:id/briefings',
    `/incidents/${id}/briefings`,
    { ...BRIEFING, eta: 'unknown', actions: 'unknown' },
  ],
  ['POST', '/incidents/:id/briefings/:bid/receipts', `/incidents/${id}/briefings/${briefed.id}/receipts`],
  [
    'POST',
    '/incidents/:id/briefings/:bid/decision',
    `/incidents/${id}/briefings/${briefed.id}/decision`,
    { answer: 'approved' },
  ],
  ['GET', '/incidents/:id/briefings', `/incidents/${id}/briefings`],
  ['POST', '/incidents/:id/briefings/preview', `/incidents/${id}/briefings/preview`, BRIEFING],
  ['PUT', '/briefing-rules', '/briefing-rules', [{ to: [admin.id], channels: ['email'] }]],
  ['GET', '/briefing-rules', '/briefing-rules'],
  ['GET', '/metrics/incidents', '/metrics/incidents?severity=SEV1'],
  ['GET', '/cadence', '/cadence'],
  ['PUT', '/cadence', '/cadence', cadence],
  ['GET', '/components', '/components'],
  ['POST', '/components', '/components', { name: 'Mail', group_id: group.id }],
  ['GET', '/components/:id', `/components/${component.id}`],
  ['PATCH', '/components/:id', `/components/${component.id}`, { status: 'degraded_performance' }],
  ['GET', '/component-groups', '/component-groups'],
  ['POST', '/component-groups', '/component-groups', { name: 'Other' }],
  ['PATCH', '/component-groups/:id', `/component-groups/${group.id}`, { description: null }],
  ['GET', '/maintenances', '/maintenances?state=upcoming&since=2026-01-01T00:00:00Z'],
  ['POST', '/maintenances', '/maintenances', { ...work, rrule: 'FREQ=WEEKLY', components: [component.id] }],
  ['GET', '/maintenances/:id', `/maintenances/${maintenance.id}`],
  ['PATCH', '/maintenances/:id', `/maintenances/${maintenance.id}`, { scheduled_until: '2099-01-01T05:00:00Z' }],
  ['POST', '/maintenances/:id/updates', `/maintenances/${maintenance.id}/updates`, { body: 'All is ready.' }],
  [
    'POST',
    '/maintenances/:id/extend',
    `/maintenances/${maintenance.id}/extend`,
    { scheduled_until: '2099-01-01T06:00:00Z', body: 'It takes longer.' },
  ],
  ['POST', '/maintenances/:id/cancel', `/maintenances/${cancelled.id}/cancel`, { body: 'Not needed.' }],
  ['GET', '/message-templates', '/message-templates?moment=opening&severity=SEV1'],
  ['POST', '/message-templates', '/message-templates', { ...words, name: 'Over again', key: 'over_again' }],
  ['GET', '/message-templates/:id', `/message-templates/${template.id}`],
  ['PATCH', '/message-templates/:id', '/message-templates/resolved', { headline: 'It is over' }],
  ['GET', '/people', '/people'],
  ['POST', '/people', '/people', { email: 'new@northwind.example', role: 'viewer' }],
  ['GET', '/people/:id', `/people/${admin.id}`],
  ['PATCH', '/people/:id', `/people/${admin.id}`, { time_zone: 'Europe/Berlin' }],
  ['POST', '/people/:id/test-alerts', `/people/${admin.id}/test-alerts`],
  ['GET', '/people/:id/webhook-secret', `/people/${admin.id}/webhook-secret`],
  ['GET', '/keys', '/keys'],
  ['POST', '/keys', '/keys', { name: 'Robot', role: 'viewer' }],
  ['GET', '/organisation', '/organisation'],
  ['PUT', '/organisation', '/organisation', organisation],
  ['GET', '/subscribers', '/subscribers?channel=email&state=active&search=ada'],
  ['GET', '/subscribers/:id', `/subscribers/${subscriber.id}`],
  ['POST', '/subscribers/import', '/subscribers/import?dry_run=true', [reader, { channel: 'fax' }]],
  ['POST', '/subscriptions', '/subscriptions', { channel: 'email', address: 'kai@customer.example' }],
  ['POST', '/suppressions', '/suppressions', { channel: 'email', address: 'gone@customer.example' }],
  ['GET', '/suppressions', '/suppressions'],
  ['GET', '/inbound-messages', '/inbound-messages?meaning=stop'],
  ['POST', '/subscribers/:id/webhook-secret', `/subscribers/${hook.id}/webhook-secret`],
  ['POST', '/subscribers/:id/replay', `/subscribers/${hook.id}/replay`, { since: '2026-01-01T00:00:00Z' }],
  ['GET', '/subscribers/:id/attempts', `/subscribers/${hook.id}/attempts`],
  ['GET', '/drafts', '/drafts?state=open'],
  ['POST', '/drafts/:id/dismiss', `/drafts/${draft}/dismiss`],
  ['GET', '/alert-sources', '/alert-sources'],
  ['POST', '/alert-sources', '/alert-sources', { kind: 'generic', name: 'Cron', mapping: { title: 'job.name' } }],
  ['GET', '/audiences', '/audiences'],
  ['POST', '/audiences', '/audiences', { slug: 'nordics', name: 'Nordics' }],
  ['PATCH', '/audiences/:id', `/audiences/${audience.id}`, { name: 'Acme GmbH' }],
  ['DELETE', '/audiences/:id', `/audiences/${former.id}`],
  ['GET', '/audiences/:id/links', `/audiences/${audience.id}/links`],
  ['POST', '/audiences/:id/links', `/audiences/${audience.id}/links`, { name: 'Night desk' }],
  ['DELETE', '/audiences/:id/links/:link', `/audiences/${audience.id}/links/${theirs.id}`],
  ['GET', '/staff-links', '/staff-links'],
  ['POST', '/staff-links', '/staff-links', { name: 'Sales' }],
  ['DELETE', '/staff-links/:id', `/staff-links/${ours.id}`],
  ['POST', '/incidents/:id/staff-notes', `/incidents/${id}/staff-notes`, { kind: 'answer', text: 'We are on it.' }],
  ['GET', '/incidents/:id/staff-notes', `/incidents/${id}/staff-notes`],
  ['GET', '/mailbox', '/mailbox'],
  ['GET', '/audit', '/audit'],
]

describe('what the API answers', () => {
  it.each(REQUESTS)('%s %s answers as described', async (method, path, address, body) => {
    const route = routes.find((each) => each.door === 'api' && each.method === method && each.path === path) as Route
    const answer = await ask(method, address, body)
    const text = await answer.text()
    expect(answer.status, text).toBe(route.answer!.status)
    const schema = route.answer!.schema as z.ZodType
    expect(schema.safeParse(JSON.parse(text)).error?.issues ?? []).toEqual([])
  })

  it('covers every route that answers something', () => {
    const asked = new Set(REQUESTS.map(([method, path]) => `${method} ${path}`))
    const described = routes.filter((route) => route.door === 'api' && route.answer?.schema)
    const left = described.map(({ method, path }) => `${method} ${path}`).filter((name) => !asked.has(name))
    // A release needs an update that is held, an approval one that waits for it, a merge or a retraction ends an incident that others need, a reopening needs a resolved
    // one, a confirmation a message that waits for it, a code its text message, an opened mail a mailbox: their stories
    // read those.
    expect(left).toEqual([
      'POST /incidents/:id/merge',
      'POST /incidents/:id/updates/:uid/release',
      'POST /incidents/:id/updates/:uid/approval',
      'POST /incidents/:id/updates/:uid/break-glass',
      'POST /incidents/:id/retraction',
      'POST /incidents/:id/reopening',
      'POST /incidents/:id/announcements/:aid/release',
      'POST /incidents/:id/announcements/:aid/withdraw',
      'POST /maintenances/:id/announcements/:aid/release',
      'POST /maintenances/:id/announcements/:aid/withdraw',
      'POST /subscriptions/confirmations',
      'GET /mailbox/:id',
    ])
  })

  it('writes times in UTC with milliseconds and ids of twelve characters', async () => {
    const incident = await (await ask('GET', `/incidents/${id}`)).json()
    const times = Object.entries(incident).filter(([name, value]) => name.endsWith('_at') && value !== null)
    expect(times.length).toBeGreaterThan(4)
    for (const [name, value] of times) expect(value, name).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    for (const each of [incident.id, incident.updates[0].id, component.id, row.id])
      expect(each).toMatch(/^[a-z0-9]{12}$/)
  })

  it('walks a list by its cursor, each row once', async () => {
    for (let at = 0; at < 5; at++) await ask('POST', '/component-groups', { name: `Group ${at}` })
    for (const path of [
      '/components',
      '/people',
      '/keys',
      '/audit',
      '/incidents',
      '/maintenances',
      '/message-templates',
    ]) {
      const all = (await (await ask('GET', `${path}?limit=200`)).json()).data.map((each: { id: unknown }) => each.id)
      const seen: unknown[] = []
      let cursor: string | null = ''
      while (cursor !== null) {
        const page: { data: { id: unknown }[]; next_cursor: string | null } = await (
          await ask('GET', `${path}?limit=1${cursor && `&cursor=${cursor}`}`)
        ).json()
        expect(page.data.length).toBeLessThanOrEqual(1)
        seen.push(...page.data.map((each) => each.id))
        cursor = page.next_cursor
      }
      expect(seen, path).toEqual(all)
    }
  })
})
