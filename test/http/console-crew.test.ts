import { randomBytes } from 'node:crypto'
import { brotliCompressSync } from 'node:zlib'
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { changeIncident } from '../../api/actions/change-incident.ts'
import { makeKey } from '../../api/actions/make-key.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import { remindOfHandover } from '../../api/actions/remind-of-handover.ts'
import { MINUTE } from '../../api/domain/duration.ts'
import { announcements, auditLog, deliveries, incidents, people } from '../../db/schema.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { actingAs, testWorld } from '../support/world.ts'

const house = await testWorld()
const { db, clock } = house
const ada = await house.person('commander', { name: 'Ada' })
const bea = await house.person('commander', { name: 'Bea', phone: '+4915112340002' })
const rob = await house.person('responder', { name: 'Rob' })
const gone = await house.person('commander', { name: 'Gone' })
await db.update(people).set({ active: false }).where(eq(people.id, gone.id))
const visitor = await house.signIn(ada)
const { key } = await makeKey(house.acting(), { name: 'tests', role: 'responder', person_id: ada.id })
const START = new Date('2026-11-12T14:00:00.000Z')

let id: string
let room: string
beforeEach(async () => {
  await clock.set(START)
  const input = { title: 'Sign-in fails', severity: 'SEV2' as const, body: 'We look into it.' }
  ;({ id } = await openIncident(actingAs(house, ada), input))
  room = `/console/incidents/${id}`
})

const page = async (path = room) => (await visitor.get(path)).text()
const words = async (path = room) => wordsOf(await page(path))
const incident = async () => (await db.select().from(incidents).where(eq(incidents.id, id)))[0]!
const told = () =>
  db
    .select({ person: deliveries.personId, channel: deliveries.channel, lane: deliveries.lane })
    .from(deliveries)
    .innerJoin(announcements, eq(announcements.id, deliveries.announcementId))
    .where(eq(announcements.incidentId, id))
const api = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  house.app.request(`http://localhost:3000/api/v1/incidents/${id}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
const read = async (path: string) =>
  (
    await house.app.request(`http://localhost:3000/api/v1/incidents/${id}${path}`, {
      headers: { authorization: `Bearer ${key}` },
    })
  ).json()

/** Letters that no compression makes shorter than three quarters. */
const randomText = (length: number) => randomBytes(length).toString('base64url').replace(/[-_]/g, 'x').slice(0, length)

describe('handing over', () => {
  const HANDOVER = () => `${room}/handover`
  const form = async () => fieldsOf(await page(), HANDOVER())

  it('moves the command with a note that stands on the timeline, in the audit, and goes to whoever commands now', async () => {
    await clock.advance(10 * MINUTE)
    const answer = await visitor.post(HANDOVER(), { ...(await form()), to_person_id: bea.id, note: 'Roll-back runs.' })
    expect(answer.headers.get('location')).toBe(`${room}?notice=handed_over`)
    expect(await incident()).toMatchObject({
      commanderId: bea.id,
      commandedSince: new Date('2026-11-12T14:10:00.000Z'),
    })
    expect(await told()).toEqual([
      { person: bea.id, channel: 'email', lane: 'staff' },
      { person: bea.id, channel: 'sms', lane: 'staff' },
    ])
    const said = await words(`${room}?notice=handed_over`)
    expect(said).toContain('Handed over. Whoever commands now has been told.')
    expect(said).toContain('Commander: Bea')
    expect(said).toContain('14:10:00 Hand-over. Command from Ada to Bea: Roll-back runs. Ada')
    const [line] = await db.select().from(auditLog).where(eq(auditLog.action, 'incident.handed_over'))
    expect(line).toMatchObject({
      actorName: 'Ada',
      subjectId: id,
      before: { commander_id: ada.id },
      after: { commander_id: bea.id },
    })
  })

  it('is offered to active people who may command, and not to the one who does', async () => {
    const html = await page()
    const select = html.slice(html.indexOf('id="handover-to_person_id"'), html.indexOf('id="handover-note"'))
    expect(select).toContain('Bea')
    for (const other of ['Ada', 'Rob', 'Gone']) expect(select).not.toContain(other)
  })

  it.each([
    ['without a note', { note: ' ' }, 'handover-note-error'],
    ['to nobody', { to_person_id: '' }, 'Choose who commands from now on.'],
    ['to somebody who may not command', { to_person_id: rob.id }, 'Rob may not command'],
    ['to somebody who has left', { to_person_id: gone.id }, 'There is no active person'],
    ['to the one who commands', { to_person_id: ada.id }, 'commands already'],
  ])('%s is refused in the room with what was typed, and changes nothing', async (_, wrong, words) => {
    const before = await incident()
    const answer = await visitor.post(HANDOVER(), {
      ...(await form()),
      to_person_id: bea.id,
      note: 'Kept.',
      ...(wrong as Record<string, string>),
    })
    expect(answer.status).toBe(422)
    const html = await answer.text()
    expect(html).toContain(words)
    if (!('note' in wrong)) expect(fieldsOf(html, HANDOVER()).note).toBe('Kept.')
    expect(await incident()).toEqual(before)
    expect(await told()).toEqual([])
  })

  it('is refused to whoever has not seen the latest change', async () => {
    const fields = { ...(await form()), to_person_id: bea.id, note: 'Now yours.' }
    await postUpdate(actingAs(house, rob), id, { body: 'Rob speaks.' })
    const stale = await visitor.post(HANDOVER(), fields)
    expect(stale.status).toBe(412)
    const again = fieldsOf(await stale.text(), HANDOVER())
    expect(again.note).toBe('Now yours.')
    expect((await visitor.post(HANDOVER(), { ...fields, version: again.version! })).status).toBe(303)
  })

  it('by API answers the line of the timeline, and refuses by field', async () => {
    await clock.advance(MINUTE)
    const answer = await api('/handover', { to_person_id: bea.id, note: 'Yours.' })
    expect(answer.status).toBe(201)
    expect(answer.headers.get('etag')).toBeTruthy()
    expect(await answer.json()).toMatchObject({
      kind: 'handover',
      text: 'Command from Ada to Bea: Yours.',
      by: ada.id,
      commander_id: bea.id,
    })
    expect(await read('')).toMatchObject({ commander_id: bea.id })
    expect((await read('/timeline')).data[0]).toMatchObject({ kind: 'handover' })
    for (const [body, field] of [
      [{ to_person_id: ada.id }, 'note'],
      [{ to_person_id: rob.id, note: 'x' }, 'to_person_id'],
      [{ note: 'x' }, 'to_person_id'],
      [{ to_person_id: ada.id, note: 'x', now: true }, 'now'],
    ] as const) {
      const refused = await api('/handover', body)
      expect(refused.status).toBe(422)
      expect((await refused.json()).errors).toMatchObject([{ field }])
    }
    expect((await api('/handover', { to_person_id: ada.id, note: 'x' }, { 'if-match': '"1"' })).status).toBe(412)
  })

  it('gives an incident that nobody commands a commander, and takes it as acknowledged', async () => {
    await changeIncident(house.acting(), id, { commander_id: null })
    expect(await incident()).toMatchObject({ commanderId: null, commandedSince: null })
    expect(await words()).toContain('Give the command to somebody')
    await visitor.post(HANDOVER(), { ...(await form()), to_person_id: ada.id, note: 'I have it.' })
    expect(await incident()).toMatchObject({ commanderId: ada.id })
    expect(await words()).toContain('Command to Ada: I have it.')
  })

  it('ends with the incident', async () => {
    await postUpdate(actingAs(house, ada), id, { body: 'Over.', status: 'resolved' })
    const html = await page()
    expect(() => fieldsOf(html, HANDOVER())).toThrow('no form')
    expect((await api('/handover', { to_person_id: bea.id, note: 'x' })).status).toBe(409)
  })
})

describe('a long command', () => {
  it('is asked about in the room after an hour, and more strongly after three', async () => {
    expect(await words()).not.toContain('been commanding')
    await clock.advance(65 * MINUTE)
    expect(await words()).toContain('You have been commanding for 1 h 05 min. Hand over?')
    expect(wordsOf(await (await (await house.signIn(bea)).get(room)).text())).toContain('Ada has been commanding')
    await clock.advance(120 * MINUTE)
    expect(await words()).toContain('You have been commanding for 3 h 05 min. Three hours are the most. Hand over now')
  })

  it('is reminded of once, by two processes at one time too, and once more in the next command', async () => {
    const reminded = async () => {
      await Promise.all([remindOfHandover(house.acting()), remindOfHandover(house.acting())])
      return (await words()).match(/Reminded \w+ to hand over/g) ?? []
    }
    await clock.advance(59 * MINUTE)
    expect(await reminded()).toEqual([])
    await clock.advance(MINUTE)
    expect(await reminded()).toEqual(['Reminded Ada to hand over'])
    expect(await told()).toEqual([{ person: ada.id, channel: 'email', lane: 'staff' }])
    await clock.advance(120 * MINUTE)
    expect(await reminded()).toHaveLength(1)
    await api('/handover', { to_person_id: bea.id, note: 'Yours.' })
    await clock.advance(59 * MINUTE)
    expect(await reminded()).toHaveLength(1)
    await clock.advance(MINUTE)
    expect(await reminded()).toEqual(['Reminded Bea to hand over', 'Reminded Ada to hand over'])
  })

  it('is of no concern once the incident is resolved', async () => {
    await clock.advance(30 * MINUTE)
    await postUpdate(actingAs(house, ada), id, { body: 'Over.', status: 'resolved' })
    await clock.advance(90 * MINUTE)
    await remindOfHandover(house.acting())
    expect(await told()).not.toContainEqual(expect.objectContaining({ person: ada.id }))
    expect(await words()).not.toContain('been commanding')
  })
})

describe('roles', () => {
  const ROLES = () => `${room}/roles`

  it('are given in the room, tell the timeline what changed, and show whoever holds one their part', async () => {
    const fields = fieldsOf(await page(), ROLES())
    const answer = await visitor.post(ROLES(), { ...fields, scribe: rob.id, comms_lead: bea.id })
    expect(answer.headers.get('location')).toBe(`${room}?notice=roles_changed`)
    expect(await incident()).toMatchObject({ scribeId: rob.id, commsLeadId: bea.id, deputyId: null })
    expect(await words()).toContain('Comms lead: Bea. Scribe: Rob. Ada')
    expect(wordsOf(await (await (await house.signIn(rob)).get(room)).text())).toContain('Your part as scribe')
    await visitor.post(ROLES(), { ...fieldsOf(await page(), ROLES()), scribe: '' })
    expect(await incident()).toMatchObject({ scribeId: null, commsLeadId: bea.id })
    expect(await words()).toContain('Scribe: nobody.')
  })

  it('that stay as they are change nothing, and nobody can be given one who has left', async () => {
    const { version } = await incident()
    const fields = fieldsOf(await page(), ROLES())
    expect((await visitor.post(ROLES(), fields)).status).toBe(303)
    const refused = await visitor.post(ROLES(), { ...fields, deputy: gone.id })
    expect(refused.status).toBe(422)
    expect(await refused.text()).toContain('id="role-deputy-error"')
    expect((await incident()).version).toBe(version)
  })
})

describe('the war room', () => {
  const LINKS = () => `${room}/war-room`

  it('has its links changed in the room and stands there for everybody to press', async () => {
    const fields = fieldsOf(await page(), LINKS())
    const links = {
      bridge_url: 'https://meet.example.com/k3f9',
      'documents.1.name': 'Graphs',
      'documents.1.url': ' https://graphs.example.com/d/1 ',
    }
    const answer = await visitor.post(LINKS(), { ...fields, ...links })
    expect(answer.headers.get('location')).toBe(`${room}?notice=links_changed`)
    expect((await incident()).warRoom).toEqual({
      bridge_url: 'https://meet.example.com/k3f9',
      channel_url: null,
      documents: [{ name: 'Graphs', url: 'https://graphs.example.com/d/1' }],
    })
    const html = await page()
    expect(html).toContain('href="https://graphs.example.com/d/1"')
    expect(wordsOf(html)).toContain('Call bridge meet.example.com')
    expect(wordsOf(html)).toContain('War room: 2 links.')
  })

  it.each([
    ['bridge_url', 'javascript:alert(1)'],
    ['channel_url', 'slack.example.com/inc'],
    ['documents.1.url', 'data:text/html,hello'],
    ['documents.1.url', ''],
  ])('refuses %s “%s” beside its field and keeps what was typed', async (field, wrong) => {
    const before = await incident()
    const named: Record<string, string> = field === 'documents.1.url' ? { 'documents.1.name': 'Graphs' } : {}
    const answer = await visitor.post(LINKS(), { ...fieldsOf(await page(), LINKS()), ...named, [field]: wrong })
    expect(answer.status).toBe(422)
    const html = await answer.text()
    expect(html).toContain(`id="link-${field}-error"`)
    expect(fieldsOf(html, LINKS())).toMatchObject({ ...named, [field]: wrong })
    expect(await incident()).toEqual(before)
  })
})

describe('the timeline', () => {
  const TIMELINE = () => `${room}/timeline`

  it('takes a note, marked as internal, and shows the newest first', async () => {
    await clock.advance(MINUTE)
    const answer = await visitor.post(TIMELINE(), { text: 'Decision:\r\nroll back.' })
    expect(answer.headers.get('location')).toBe(`${room}?notice=noted#timeline`)
    const said = await words()
    expect(said).toContain('Timeline · internal, append-only')
    expect(said).toContain('14:01:00 Note. Decision: roll back. Ada')
    expect(said.indexOf('roll back.')).toBeLessThan(said.indexOf('Declared SEV2'))
  })

  it('keeps the newest three that were pinned in sight, however much is written after them', async () => {
    for (const text of ['Pin one', 'Pin two', 'Pin three', 'Pin four']) {
      await clock.advance(1000)
      expect((await visitor.post(TIMELINE(), { text, pin: 'on' })).status).toBe(303)
    }
    for (let number = 0; number < 60; number += 1) await api('/timeline', { text: `Note ${number}` })
    const html = await page(room)
    const pinned = html.slice(html.indexOf('class="pinned"'), html.indexOf('class="noting"'))
    expect(wordsOf(`<${pinned}`)).toMatch(/Pinned .*Pin four Ada .*Pin three Ada .*Pin two Ada/)
    expect(pinned).not.toContain('Pin one')
    expect(await (await api('/timeline', { text: 'By program', pin: true })).json()).toMatchObject({ kind: 'pin' })
  })

  it('refuses an empty note and control characters, with what was typed', async () => {
    for (const text of [' ', 'a\u0007b']) {
      const answer = await visitor.post(TIMELINE(), { text })
      expect(answer.status).toBe(422)
      expect(await answer.text()).toContain('id="timeline-note-error"')
    }
  })

  it('of any length is shown whole, part by part, and no screen grows beyond 60 KB as it is sent', async () => {
    const notes = Array.from({ length: 30 }, (_, n) => `Note ${n}: ${randomText(4_900)}`)
    for (const text of notes) {
      await clock.advance(1000)
      await api('/timeline', { text })
    }
    const seen: string[] = []
    for (let path: string | null = room; path; ) {
      const html = await page(path)
      expect(brotliCompressSync(html).length).toBeLessThan(60_000)
      seen.push(...(html.match(/Note \d+: \w{20}/g) ?? []))
      path = new RegExp(`href="(${TIMELINE()}\\?before=[^"]+)"`).exec(html)?.[1] ?? null
    }
    expect(seen).toEqual(notes.toReversed().map((text) => /Note \d+: \w{20}/.exec(text)![0]))
  })

  it('is answered page by page by API', async () => {
    for (const text of ['one', 'two', 'three']) await api('/timeline', { text })
    const first = await read('/timeline?limit=2')
    expect(first.data.map(({ text }: { text: string }) => text)).toHaveLength(2)
    const second = await read(`/timeline?limit=200&cursor=${first.next_cursor}`)
    const all = [...first.data, ...second.data].map(({ text }: { text: string }) => text)
    expect(all).toEqual(expect.arrayContaining(['one', 'two', 'three', 'Declared SEV2.']))
    expect(new Set(all).size).toBe(all.length)
    expect(second.next_cursor).toBeNull()
  })
})
