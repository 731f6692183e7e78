import { describe, expect, it } from 'vitest'
import { openIncident } from '../../api/actions/open-incident.ts'
import { announcements, auditLog, components, incidents, people, siteChanges, updates } from '../../db/schema.ts'
import { askingAs, errorsIn } from '../support/asking.ts'
import { testWorld } from '../support/world.ts'

const house = await testWorld()
const { ask, refused } = await askingAs(house)
const { id } = await openIncident(house.acting(), { title: 'Sign-in fails', severity: 'SEV1', body: 'It fails.' })
const everything = async () => ({
  incidents: await house.db.select().from(incidents).orderBy(incidents.id),
  counts: await Promise.all(
    [updates, announcements, siteChanges, components, people, auditLog].map((table) => house.db.$count(table)),
  ),
})
const saying = { body: 'Words.' }
const reader = { channel: 'email', address: 'a@b.example' }

describe('422 names the field and its limit', () => {
  const long = (length: number) => 'x'.repeat(length)
  const declare = { title: 'x', severity: 'SEV1' }
  it.each<[string, object, string]>([
    ['no title', { severity: 'SEV1' }, 'title required'],
    ['no severity', { title: 'x' }, 'severity required'],
    ['an empty title', { ...declare, title: '  ' }, 'title too_small'],
    ['a title of 121', { ...declare, title: long(121) }, 'title too_big'],
    ['a title that is a number', { ...declare, title: 7 }, 'title invalid_type'],
    ['an unknown severity', { ...declare, severity: 'SEV9' }, 'severity invalid_value'],
    ['a body of 5,001', { ...declare, body: long(5001) }, 'body too_big'],
    ['a headline of 91', { ...declare, body: 'x', headline: long(91) }, 'headline too_big'],
    ['a status without words', { ...declare, status: 'identified' }, 'body required'],
    ['a first status of resolved', { ...declare, body: 'x', status: 'resolved' }, 'status invalid_value'],
    ['a drill', { ...declare, kind: 'drill' }, 'kind not_yet'],
    ['a start in the future', { ...declare, started_at: '2999-01-01T00:00:00Z' }, 'started_at in_the_future'],
    ['a start in a mistyped year', { ...declare, started_at: '0026-11-12T14:45:00Z' }, 'started_at too_small'],
    ['a start in the year nought', { ...declare, started_at: '0000-01-01T00:00:00Z' }, 'started_at too_small'],
    ['a start without a zone', { ...declare, started_at: '2026-01-01T00:00:00' }, 'started_at invalid_format'],
    ['an unknown component', { ...declare, components: [{ id: 'aaaaaaaaaaaa' }] }, 'components.0.id unknown'],
    ['an unknown commander', { ...declare, commander_id: 'aaaaaaaaaaaa' }, 'commander_id unknown'],
    ['an unknown field', { ...declare, sevrity: 'SEV1' }, 'sevrity unknown_field'],
    ['an unknown role', { ...declare, roles: { boss: null } }, 'roles.boss unknown_field'],
    [
      'a war room by javascript',
      { ...declare, war_room: room('javascript:alert(1)') },
      'war_room.bridge_url invalid_format',
    ],
    ['a war room with a NUL', { ...declare, war_room: room('https://x.example/\0') }, 'war_room.bridge_url invalid'],
    [
      'a war room on two lines',
      { ...declare, war_room: room('https://x.example/\r\ny') },
      'war_room.bridge_url invalid',
    ],
  ])('declaring with %s', async (_, body, wanted) => {
    const before = await everything()
    expect(errorsIn(await refused(422, 'POST', '/incidents', { body }))).toContain(wanted)
    expect(await everything()).toEqual(before)
  })

  it.each<[string, object, string]>([
    ['nothing', {}, 'body required'],
    ['a body of 5,001', { body: long(5001) }, 'body too_big'],
    [
      'two promises',
      { ...saying, next_update_in: 'PT5M', next_update_at: '2999-01-01T00:00:00Z' },
      'next_update_at contradiction',
    ],
    ['a promise beyond the cadence', { ...saying, next_update_in: 'PT16M' }, 'next_update_in cadence_exceeded'],
    ['a promise of half a second', { ...saying, next_update_in: 'PT0.5S' }, 'next_update_in invalid'],
    ['a promise in words', { ...saying, next_update_in: '15 min' }, 'next_update_in invalid'],
    ['a promise in the past', { ...saying, next_update_at: '2020-01-01T00:00:00Z' }, 'next_update_at in_the_past'],
    ['a promise after the end', { ...saying, status: 'resolved', next_update_in: 'PT5M' }, 'next_update_in resolved'],
    ['a severity without reason', { ...saying, severity: 'SEV2' }, 'severity_reason required'],
    ['a note of 5,001', { ...saying, internal_note: long(5001) }, 'internal_note too_big'],
    ['no change that changes', { no_change: true, status: 'monitoring' }, 'no_change contradiction'],
    [
      'a component in no state',
      { ...saying, components: [{ id: 'aaaaaaaaaaaa', status: 'broken' }] },
      'components.0.status invalid_value',
    ],
    ['an unknown field', { ...saying, Body: 'x' }, 'Body unknown_field'],
  ])('speaking with %s', async (_, body, wanted) => {
    const before = await everything()
    expect(errorsIn(await refused(422, 'POST', `/incidents/${id}/updates`, { body }))).toContain(wanted)
    expect(await everything()).toEqual(before)
  })

  it.each<[string, string, object | null, string]>([
    ['POST', '/components', { name: long(81) }, 'name too_big'],
    ['POST', '/components', { name: 'x', group_id: 'aaaaaaaaaaaa' }, 'group_id unknown'],
    ['POST', '/components', { name: 'x', start_date: '12.11.2026' }, 'start_date invalid_format'],
    ['POST', '/components', { name: 'x', position: -1 }, 'position too_small'],
    ['POST', '/people', { email: 'a@b.example', role: 'god' }, 'role invalid_value'],
    ['POST', '/people', { email: 'a@b.example, evil@x.example', role: 'viewer' }, 'email invalid'],
    ['POST', '/people', { email: 'a@b.example', role: 'viewer', phone: '0151 2345678' }, 'phone invalid'],
    ['POST', '/people', { email: 'a@b.example', role: 'viewer', time_zone: 'Mars/Base' }, 'time_zone invalid'],
    ['POST', '/people', { email: 'a@b.example', role: 'viewer', active: true }, 'active unknown_field'],
    ['POST', '/keys', { name: 'x', role: 'viewer', person_id: 'aaaaaaaaaaaa' }, 'person_id unknown'],
    ['POST', '/keys', { name: '', role: 'viewer' }, 'name too_small'],
    ['POST', '/subscriptions', { channel: 'email', address: 'v@a.test <evil@x.test>' }, 'address address_invalid'],
    [
      'POST',
      '/subscriptions',
      { channel: 'email', address: 'a@b.test\r\nBcc: evil@x.test' },
      'address address_invalid',
    ],
    ['POST', '/subscriptions', { channel: 'email', address: 'g:e@x.test,f@x.test;' }, 'address address_invalid'],
    ['POST', '/subscriptions', { channel: 'fax', address: '1' }, 'channel invalid_value'],
    ['POST', '/subscriptions', { channel: 'sms', address: '+4915112345670' }, 'consent consent_required'],
    [
      'POST',
      '/subscriptions',
      { channel: 'email', address: 'a@b.example', components: ['aaaaaaaaaaaa'] },
      'components.0 unknown',
    ],
    ['POST', '/subscriptions', { ...reader, locale: 'tlh' }, 'locale invalid_value'],
    ['POST', '/subscriptions', { ...reader, time_zone: 'Mars/Base' }, 'time_zone invalid'],
    ['POST', '/subscriptions', { ...reader, quiet_hours: { from: '22:00' } }, 'quiet_hours.to required'],
    ['POST', '/subscriptions', { ...reader, incident_id: 'aaaaaaaaaaaa' }, 'incident_id unknown'],
    ['POST', '/subscriptions', { ...reader, only_followed: true }, 'only_followed unknown_field'],
    ['GET', '/subscribers?state=gone', null, 'state invalid_value'],
    ['GET', '/subscribers/export?channel=fax', null, 'channel invalid_value'],
    ['POST', '/subscribers/import?dry_run=perhaps', null, 'dry_run invalid_value'],
    ['GET', '/incidents?limit=0', null, 'limit too_small'],
    ['GET', '/incidents?limit=201', null, 'limit too_big'],
    ['GET', '/incidents?limit=x', null, 'limit invalid_type'],
    ['GET', '/incidents?state=closed', null, 'state invalid_value'],
    ['GET', '/incidents?stat=open', null, 'stat unknown_field'],
    ['GET', '/incidents?cursor=nonsense', null, 'cursor invalid'],
  ])('%s %s with %j', async (method, path, body, wanted) => {
    const before = await everything()
    expect(errorsIn(await refused(422, method, path, body === null ? {} : { body }))).toContain(wanted)
    expect(await everything()).toEqual(before)
  })

  it('names every fault of a cadence at once, and each where it is', async () => {
    const { body: cadence } = await ask('GET', '/cadence')
    const rung = { name: 'x', at: '+10%', to: ['commander'], channels: ['email'] }
    const ladder = Array.from({ length: 6 }, (_, at) => ({ ...rung, name: `r${at}` }))
    const body = { ...cadence, time_zone: 'Mars', SEV1: { ...cadence.SEV1, public: 'PT0S', ladder }, extra: 1 }
    const found = errorsIn(await refused(422, 'PUT', '/cadence', { body }))
    expect(found.toSorted()).toEqual([
      'SEV1.ladder too_big',
      'SEV1.public invalid',
      'extra unknown_field',
      'time_zone invalid',
    ])
    const twins = { ...cadence, SEV1: { ...cadence.SEV1, ladder: [rung, rung] } }
    expect(errorsIn(await refused(422, 'PUT', '/cadence', { body: twins }))).toEqual(['SEV1.ladder invalid'])
    const empty = { ...cadence, SEV1: undefined }
    expect(errorsIn(await refused(422, 'PUT', '/cadence', { body: empty }))).toEqual(['SEV1 required'])
    const stranger = { ...cadence, fallback: ['aaaaaaaaaaaa'] }
    expect(errorsIn(await refused(422, 'PUT', '/cadence', { body: stranger }))).toEqual(['fallback.0 unknown'])
    expect((await ask('GET', '/cadence')).body).toEqual(cadence)
  })

  it.each([
    ['["\\u0000","aaaaaaaaaaaa"]'],
    ['["x","y"]'],
    ['["1"]'],
    ['["2026-19-39T29:00:00.000Z","aaaaaaaaaaaa"]'],
    ['["NaN","\\u0000"]'],
    ['[1,2]'],
    ['{}'],
  ])('a cursor of somebody else (%s) is refused by every list', async (position) => {
    const cursor = Buffer.from(position).toString('base64url')
    for (const path of [
      '/incidents',
      '/components',
      '/people',
      '/keys',
      '/audit',
      '/subscribers',
      `/incidents/${id}/deliveries`,
    ]) {
      const { status, body } = await ask('GET', `${path}?cursor=${cursor}`)
      expect([200, 422], `${path} ${JSON.stringify(body)}`).toContain(status)
    }
  })

  it('a filter that the database could not hold finds nothing or is refused', async () => {
    for (const query of ['update_id=%00', 'update_id=x', "update_id='"]) {
      const { status } = await ask('GET', `/incidents/${id}/deliveries?${query}`)
      expect([200, 422], query).toContain(status)
    }
  })
})

const room = (url: string) => ({ bridge_url: url, channel_url: null, documents: [] })
