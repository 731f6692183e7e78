import { asc, eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { dismissDraft } from '../../api/actions/declare-from-draft.ts'
import { makeKey } from '../../api/actions/make-key.ts'
import { newWebhookSecret } from '../../api/domain/webhook-signature.ts'
import { makeLog } from '../../api/log.ts'
import {
  announcements,
  auditLog,
  deliveries,
  draftAlerts,
  drafts,
  incidents,
  siteChanges,
  timelineEntries,
  updates,
} from '../../db/schema.ts'
import { alertmanagerGroup, alertSource, pagerdutyEvent, signedBy, someAlert } from '../support/alerts.ts'
import { testWorld } from '../support/world.ts'

const logged: string[] = []
const house = await testWorld({ log: makeLog('trace', { write: (line) => void logged.push(line) }) })
const { db, clock } = house
const NOW = new Date('2027-03-01T12:00:00Z')
const BEGAN = '2027-03-01T11:58:00Z'
const LATER = '2027-03-01T11:59:00Z'
const responder = await house.person('responder')
const { key } = await makeKey(house.acting(), { name: 'tests', role: 'responder', person_id: responder.id })

beforeEach(async () => {
  await clock.set(NOW)
  await db.delete(drafts)
  logged.length = 0
})

const held = () => db.select().from(drafts).orderBy(asc(drafts.createdAt))
const alertsHeld = () => db.select().from(draftAlerts).orderBy(asc(draftAlerts.startsAt))
const written = async () => [(await held()).length, (await alertsHeld()).length]
const api = (method: string, path: string, body?: unknown) =>
  house.app.request(`http://localhost:3000/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })

const alertmanager = await alertSource(house, { kind: 'alertmanager' })
const SECRET = 'a secret of the source'
const grafana = await alertSource(house, { kind: 'grafana', secret: SECRET })
const pagerduty = await alertSource(house, { kind: 'pagerduty', secret: SECRET })
const WHSEC = newWebhookSecret()
const generic = await alertSource(house, {
  kind: 'generic',
  secret: WHSEC,
  mapping: {
    title: 'check.name',
    id: 'check.id',
    status: 'state',
    starts_at: 'since',
    firing: ['down'],
    resolved: ['up'],
  },
})

const firing = someAlert('SignInFails', BEGAN)
const resolved = someAlert('SignInFails', BEGAN, { status: 'resolved', endsAt: '2027-03-01T12:05:00Z' })

describe('a group of alerts', () => {
  it('makes one draft, detected when its first alert began to fire', async () => {
    const id = await alertmanager.tell(alertmanagerGroup([firing]))
    expect(await held()).toMatchObject([
      { id, state: 'open', title: 'Sign-in fails for many', detectedAt: new Date(BEGAN), endedAt: null },
    ])
    expect(await alertsHeld()).toMatchObject([{ title: 'SignInFails is firing', resolvedAt: null }])
  })

  it('told twice, or by two peers at the same moment, is written once', async () => {
    const tell = () => alertmanager.tell(alertmanagerGroup([firing]))
    const ids = await Promise.all([tell(), tell(), tell()])
    expect(new Set([...ids, await tell()]).size).toBe(1)
    expect(await written()).toEqual([1, 1])
  })

  it('grows its draft, and closes it when the last of it is resolved', async () => {
    const id = await alertmanager.tell(alertmanagerGroup([firing]))
    const more = someAlert('ApiFails', LATER)
    expect(await alertmanager.tell(alertmanagerGroup([firing, more]))).toBe(id)
    expect(await written()).toEqual([1, 2])
    await clock.set(new Date('2027-03-01T12:05:00Z'))
    await alertmanager.tell(alertmanagerGroup([resolved, more]))
    expect(await held()).toMatchObject([{ state: 'open', endedAt: null, detectedAt: new Date(BEGAN) }])
    const over = { ...more, status: 'resolved', endsAt: '2027-03-01T12:06:00Z' }
    expect(await alertmanager.tell(alertmanagerGroup([resolved, over]))).toBe(id)
    expect(await held()).toMatchObject([{ id, state: 'closed', endedAt: new Date('2027-03-01T12:05:00Z') }])
  })

  it('that is over stays over when it is told again, late; firing anew it makes a draft of its own', async () => {
    const first = await alertmanager.tell(alertmanagerGroup([firing]))
    await alertmanager.tell(alertmanagerGroup([resolved]))
    expect(await alertmanager.tell(alertmanagerGroup([firing]))).toBe(first)
    expect(await alertmanager.tell(alertmanagerGroup([resolved]))).toBe(first)
    expect(await held()).toMatchObject([{ state: 'closed' }])
    await clock.advance(60_000)
    const second = await alertmanager.tell(alertmanagerGroup([someAlert('SignInFails', LATER)]))
    expect(second).not.toBe(first)
    expect(await held()).toMatchObject([{ state: 'closed' }, { state: 'open' }])
  })

  it('whose end overtakes its beginning on the way leaves no open draft', async () => {
    const id = await alertmanager.tell(alertmanagerGroup([resolved]))
    expect(await alertmanager.tell(alertmanagerGroup([firing]))).toBe(id)
    expect(await alertmanager.tell(alertmanagerGroup([resolved]))).toBe(id)
    expect(await held()).toMatchObject([{ id, state: 'closed' }])
    await alertmanager.tell(alertmanagerGroup([someAlert('SignInFails', LATER)]))
    expect(await held()).toMatchObject([{ state: 'closed' }, { state: 'open' }])
  })

  it('whose end overtakes its beginning while others fire is no more of their draft', async () => {
    const more = someAlert('ApiFails', LATER)
    const id = await alertmanager.tell(alertmanagerGroup([more]))
    await alertmanager.tell(alertmanagerGroup([resolved]))
    await alertmanager.tell(alertmanagerGroup([firing]))
    await alertmanager.tell(alertmanagerGroup([{ ...more, status: 'resolved', endsAt: '2027-03-01T12:06:00Z' }]))
    expect(await held()).toMatchObject([{ id, state: 'closed' }])
  })

  it('that does not say when it began makes nothing when it is resolved unheard', async () => {
    expect(await alertmanager.tell(alertmanagerGroup([{ ...resolved, startsAt: '' }]))).toBeNull()
    expect(await written()).toEqual([0, 0])
  })

  it('of another group or source has a draft of its own', async () => {
    await alertmanager.tell(alertmanagerGroup([firing]))
    await alertmanager.tell(alertmanagerGroup([firing], { groupKey: 'another' }))
    await (await alertSource(house, { kind: 'alertmanager' })).tell(alertmanagerGroup([firing]))
    expect(await written()).toEqual([3, 3])
  })

  it('that was dismissed stays dismissed while it grows', async () => {
    const id = await alertmanager.tell(alertmanagerGroup([firing]))
    await dismissDraft(house.acting(), id!)
    await alertmanager.tell(alertmanagerGroup([firing, someAlert('ApiFails', LATER)]))
    expect(await held()).toMatchObject([{ id, state: 'dismissed' }])
  })
})

describe('each kind of source', () => {
  it('Grafana signs the body, or the time and the body', async () => {
    const body = JSON.stringify({ ...alertmanagerGroup([firing]), orgId: 1, title: '[FIRING:1]', state: 'alerting' })
    expect((await grafana.send(body, signedBy.grafana(SECRET, body))).status).toBe(202)
    expect((await grafana.send(body, signedBy.grafanaAt(SECRET, body, NOW))).status).toBe(202)
    expect(await written()).toEqual([1, 1])
  })

  it('PagerDuty has one draft for each of its incidents, closed when it is resolved', async () => {
    const tell = (type: string, at: string) => {
      const event = pagerdutyEvent(type, at)
      return pagerduty.tell(event, signedBy.pagerduty(SECRET, JSON.stringify(event)))
    }
    const id = await tell('incident.triggered', BEGAN)
    expect(await tell('incident.triggered', BEGAN)).toBe(id)
    expect(await tell('incident.acknowledged', LATER)).toBeNull()
    expect(await held()).toMatchObject([{ id, state: 'open', title: 'A little bump in the road' }])
    await tell('incident.resolved', LATER)
    expect(await held()).toMatchObject([{ id, state: 'closed' }])
  })

  it('a generic source is read by its mapping', async () => {
    const tell = (state: string) => {
      const check = { state, since: BEGAN, check: { id: 17, name: 'Checkout' } }
      return generic.tell(check, signedBy.generic(WHSEC, JSON.stringify(check), NOW))
    }
    const id = await tell('down')
    expect(await held()).toMatchObject([{ id, title: 'Checkout', detectedAt: new Date(BEGAN) }])
    expect(await tell('up')).toBe(id)
    expect(await held()).toMatchObject([{ id, state: 'closed' }])
  })

  it.each(['Bearer', 'Basic'])('Alertmanager may send its key as %s', async (scheme) => {
    const value = scheme === 'Bearer' ? alertmanager.key : Buffer.from(`am:${alertmanager.key}`).toString('base64')
    const headers = { authorization: `${scheme} ${value}` }
    const body = JSON.stringify(alertmanagerGroup([firing]))
    expect((await alertmanager.send(body, headers, '/hooks/alerts/alertmanager')).status).toBe(202)
    expect(await written()).toEqual([1, 1])
  })
})

describe('what is not proven', () => {
  const group = JSON.stringify(alertmanagerGroup([firing]))
  const event = JSON.stringify(pagerdutyEvent('incident.triggered', BEGAN))
  const check = JSON.stringify({ state: 'down', check: { id: 1, name: 'x' } })
  const tooOld = new Date(NOW.getTime() - 6 * 60_000)
  const wrong: [string, () => Promise<Response>][] = [
    ['no key', async () => alertmanager.send(group, {}, '/hooks/alerts/alertmanager')],
    ['a wrong key', async () => alertmanager.send(group, {}, `/hooks/alerts/alertmanager?key=alert_${'A'.repeat(43)}`)],
    [
      'a wrong bearer',
      async () =>
        alertmanager.send(group, { authorization: `Bearer alert_${'A'.repeat(43)}` }, '/hooks/alerts/alertmanager'),
    ],
    ['an API key', async () => alertmanager.send(group, {}, `/hooks/alerts/alertmanager?key=${key}`)],
    [
      'the key of another kind',
      async () => alertmanager.send(group, {}, `/hooks/alerts/grafana?key=${alertmanager.key}`),
    ],
    ['no signature of Grafana', async () => grafana.send(group)],
    ['a signature by another secret', async () => grafana.send(group, signedBy.grafana('another secret', group))],
    ['an altered byte', async () => grafana.send(`${group} `, signedBy.grafana(SECRET, group))],
    ['a time long past', async () => grafana.send(group, signedBy.grafanaAt(SECRET, group, tooOld))],
    ['no signature of PagerDuty', async () => pagerduty.send(event)],
    ['a wrong signature of PagerDuty', async () => pagerduty.send(event, signedBy.pagerduty('wrong', event))],
    ['no signature of a generic source', async () => generic.send(check)],
    [
      'a wrong signature of a generic source',
      async () => generic.send(check, signedBy.generic(newWebhookSecret(), check, NOW)),
    ],
    ['an old signature of a generic source', async () => generic.send(check, signedBy.generic(WHSEC, check, tooOld))],
  ]
  it.each(wrong)('%s is answered 401, logged, and writes nothing', async (_, send) => {
    const answer = await send()
    expect(answer.status).toBe(401)
    expect(await written()).toEqual([0, 0])
    expect(logged.join('')).toContain('a hook was refused')
    for (const secret of [alertmanager.key, grafana.key, key, SECRET]) expect(logged.join('')).not.toContain(secret)
  })

  it('a kind that nobody knows is answered 404, and a wrong key 401 even where no source of its kind was made', async () => {
    expect((await alertmanager.send(group, {}, `/hooks/alerts/nagios?key=${alertmanager.key}`)).status).toBe(404)
    const other = await testWorld()
    const answer = await other.app.request('http://localhost:3000/hooks/alerts/grafana?key=wrong', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: group,
    })
    expect(answer.status).toBe(401)
  })

  it('what is too large, no JSON or another shape is refused and writes nothing', async () => {
    expect((await alertmanager.send(' '.repeat(1024 * 1024 + 1))).status).toBe(413)
    expect((await alertmanager.send('{')).status).toBe(400)
    for (const shape of ['null', '[]', '{}', '{"groupKey":1,"alerts":[]}', '{"groupKey":"g","alerts":[{}]}'])
      expect((await alertmanager.send(shape)).status, shape).toBe(400)
    expect(await written()).toEqual([0, 0])
  })

  it('what is of no use to us is taken and writes nothing', async () => {
    expect(await alertmanager.tell(alertmanagerGroup([]))).toBeNull()
    expect(await alertmanager.tell(alertmanagerGroup([someAlert('x', BEGAN, { status: 'silenced' })]))).toBeNull()
    for (const type of ['incident.annotated', 'service.updated', 'pagey.ping']) {
      const event = { event: { event_type: type, data: { type: 'ping' } } }
      expect(await pagerduty.tell(event, signedBy.pagerduty(SECRET, JSON.stringify(event)))).toBeNull()
    }
    const check = { state: 'paused', check: { id: 1 } }
    expect(await generic.tell(check, signedBy.generic(WHSEC, JSON.stringify(check), NOW))).toBeNull()
    expect(await written()).toEqual([0, 0])
  })
})

describe('a draft', () => {
  const everythingPublic = () =>
    Promise.all([incidents, updates, announcements, deliveries, siteChanges].map((table) => db.$count(table)))

  it('changes nothing that anybody outside sees, whatever alerts do', async () => {
    const before = await everythingPublic()
    await alertmanager.tell(alertmanagerGroup([firing]))
    await alertmanager.tell(alertmanagerGroup([firing, someAlert('ApiFails', LATER)]))
    await alertmanager.tell(alertmanagerGroup([resolved]))
    expect(await everythingPublic()).toEqual(before)
  })

  it('declared by API hands its detection time on, and tells the timeline what its alerts do later', async () => {
    const draft_id = await alertmanager.tell(alertmanagerGroup([firing]))
    const answer = await api('POST', '/incidents', { title: 'Sign-in fails', severity: 'SEV2', draft_id })
    expect(answer.status).toBe(201)
    const incident = await answer.json()
    expect(incident).toMatchObject({ detected_at: '2027-03-01T11:58:00.000Z', started_at: '2027-03-01T11:58:00.000Z' })
    expect((await (await api('GET', '/drafts?state=declared')).json()).data).toMatchObject([
      { id: draft_id, incident_id: incident.id, alerts: [{ status: 'firing' }] },
    ])
    await alertmanager.tell(alertmanagerGroup([resolved]))
    const entries = await db.select().from(timelineEntries).where(eq(timelineEntries.incidentId, incident.id))
    const told = entries.map(({ text }) => text)
    expect(told).toContain('Declared from a draft of The alertmanager.')
    expect(told).toContain('The alertmanager: all alerts are resolved.')
    expect((await (await api('GET', `/incidents/${incident.id}`)).json()).status).toBe('investigating')
  })

  it('is declared once; a time of detection that is given counts before its own', async () => {
    const draft_id = await alertmanager.tell(alertmanagerGroup([firing]))
    const asked = { title: 'x', severity: 'SEV3', draft_id, detected_at: '2027-03-01T11:50:00Z' }
    expect(await (await api('POST', '/incidents', asked)).json()).toMatchObject({
      detected_at: '2027-03-01T11:50:00.000Z',
    })
    const before = await db.$count(incidents)
    expect((await api('POST', '/incidents', asked)).status).toBe(409)
    expect((await api('POST', '/incidents', { ...asked, draft_id: 'a'.repeat(12) })).status).toBe(422)
    expect((await api('POST', `/drafts/${draft_id}/dismiss`)).status).toBe(409)
    expect(await db.$count(incidents)).toBe(before)
  })

  it('is dismissed by a responder, and that is audited', async () => {
    const id = await alertmanager.tell(alertmanagerGroup([firing]))
    const dismissed = await api('POST', `/drafts/${id}/dismiss`)
    expect(await dismissed.json()).toMatchObject({ id, state: 'dismissed' })
    const lines = await db.select({ action: auditLog.action }).from(auditLog).where(eq(auditLog.subjectId, id!))
    expect(lines.map(({ action }) => action)).toEqual(['draft.made', 'draft.dismissed'])
    expect((await api('POST', `/drafts/${'a'.repeat(12)}/dismiss`)).status).toBe(404)
  })

  it('takes text from outside as one plain line, and links only to the web', async () => {
    const hostile = `Fails\r\nBcc: x@evil.example\0\u202e <script>alert(1)</script> ${'long '.repeat(100)}`
    const alert = someAlert(hostile, BEGAN, { generatorURL: 'javascript:alert(1)', annotations: {} })
    await alertmanager.tell(alertmanagerGroup([alert], { commonAnnotations: {}, commonLabels: { alertname: hostile } }))
    const [draft] = await held()
    expect(draft!.title).toMatch(/^Fails Bcc: x@evil.example <script>/)
    expect(draft!.title).not.toMatch(/[\p{Cc}\u202e]/u)
    expect(draft!.title.length).toBeLessThanOrEqual(120)
    expect(await alertsHeld()).toMatchObject([{ url: null }])
    const declared = await api('POST', '/incidents', { title: draft!.title, severity: 'SEV4', draft_id: draft!.id })
    expect(declared.status).toBe(201)
  })
})
