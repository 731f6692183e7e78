import { beforeEach, describe, expect, it } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { changeBriefingRules } from '../../api/actions/change-briefing-rules.ts'
import { archiveComponent } from '../../api/actions/change-component.ts'
import { changePerson } from '../../api/actions/change-person.ts'
import { addGroup } from '../../api/actions/group-components.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { rulesOfBriefing } from '../../db/queries/briefing-rules.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { testWorld } from '../support/world.ts'

const house = await testWorld()
const PATH = '/console/briefing-rules'
const ana = await house.person('executive', { name: 'Ana Ruiz', phone: '+4915112340002' })
const max = await house.person('executive', { name: 'Max Roth' })
const leo = await house.person('executive', { name: 'Leo Brandt' })
const admin = await house.signIn(await house.person('admin', { name: 'Bea' }))
const commander = await house.signIn(await house.person('commander', { name: 'Priya' }))
const storage = await addGroup(house.acting(), { name: 'Storage' })
const login = await addComponent(house.acting(), { name: 'Login' })
const files = await addComponent(house.acting(), { name: 'Files', group_id: storage.id })

beforeEach(async () => {
  await changeBriefingRules(house.acting(), [])
})
const rules = () => rulesOfBriefing(house.db)
const words = async (who = admin, path = PATH) => wordsOf(await (await who.get(path)).text())
const addressOf = async (text: string) => {
  const html = await (await admin.get(PATH)).text()
  return new RegExp(`<a href="(${PATH}/[a-z0-9]{12})" aria-label="Change: ${text}"`).exec(html)![1]!
}

describe('the rules of briefings', () => {
  it('are added by a form, one after another, and say whom they reach now and how', async () => {
    const first = await admin.post(PATH, { to: ana.id, severities: 'SEV1,SEV2', channels: 'email,sms' })
    expect(first.headers.get('location')).toBe(`${PATH}?notice=rule_added`)
    await admin.post(PATH, { to: `${max.id},${leo.id}`, business_unit: 'Storage', [`component:${files.id}`]: 'on' })
    expect(await rules()).toEqual([
      { to: [ana.id], severities: ['SEV1', 'SEV2'], components: [], businessUnit: null, channels: ['email', 'sms'] },
      {
        to: [max.id, leo.id],
        severities: [],
        components: [files.id],
        businessUnit: 'Storage',
        channels: ['email', 'sms', 'webhook'],
      },
    ])
    const said = await words()
    expect(said).toContain('SEV1, SEV2 Ana Ruiz (mail, SMS)')
    expect(said).toContain('Files · All of Storage Leo Brandt (mail); Max Roth (mail)')
    expect(said).toMatch(/SEV2 Major Ana Ruiz \(mail, SMS\) .*SEV3 Minor nobody, unless a rule names what it concerns/)
  })

  it('are changed and taken away, each without the others', async () => {
    await changeBriefingRules(house.acting(), [{ to: [ana.id], severities: ['SEV1'] }, { to: [max.id] }])
    const changed = await admin.post(await addressOf('SEV1'), {
      to: `${ana.id},${leo.id}`,
      severities: 'SEV1',
      channels: 'sms',
    })
    expect(changed.headers.get('location')).toBe(`${PATH}?notice=rule_changed`)
    expect((await rules()).map(({ to, channels }) => [to, channels.length])).toEqual([
      [[ana.id, leo.id], 1],
      [[max.id], 3],
    ])
    const removed = await admin.post(`${await addressOf('SEV1')}/removal`)
    expect(removed.headers.get('location')).toBe(`${PATH}?notice=rule_removed`)
    expect((await rules()).map(({ to }) => to)).toEqual([[max.id]])
  })

  it('that name nobody are refused with what was ticked', async () => {
    const refused = await admin.post(PATH, { severities: 'SEV1', business_unit: 'Storage' })
    expect(refused.status).toBe(422)
    const html = await refused.text()
    expect(wordsOf(html)).toContain('Who is briefed: Name at least one person.')
    expect(html).toMatch(/name="severities" value="SEV1" checked/)
    expect(await rules()).toEqual([])
  })

  it('that somebody changed meanwhile are not overwritten; what was typed stands in the form for another', async () => {
    await changeBriefingRules(house.acting(), [{ to: [ana.id] }])
    const seen = await addressOf('Everything')
    await changeBriefingRules(house.acting(), [{ to: [ana.id], severities: ['SEV1'] }])
    const late = await admin.post(seen, { to: max.id, severities: 'SEV3' })
    expect(late.status).toBe(412)
    const html = await late.text()
    expect(wordsOf(html)).toContain('Somebody changed or removed this rule since you looked.')
    expect(html).toMatch(/name="severities" value="SEV3" checked/)
    expect((await admin.post(`${seen}/removal`)).status).toBe(412)
    expect((await admin.get(seen)).status).toBe(404)
    expect((await rules()).map(({ to }) => to)).toEqual([[ana.id]])
  })

  it('changed by two at once keep what both did', async () => {
    await Promise.all([ana, max, leo].map((person) => admin.post(PATH, { to: person.id })))
    expect((await rules()).flatMap(({ to }) => to).toSorted()).toEqual([ana.id, max.id, leo.id].toSorted())
  })

  it('say when they match nobody: who has left, which unit is no more; and can be changed all the same', async () => {
    await changeBriefingRules(house.acting(), [{ to: [leo.id], business_unit: 'Warehouse' }, { to: [max.id, leo.id] }])
    await changePerson(house.acting(), leo.id, { active: false })
    const said = await words()
    expect(said).toContain('Reaches nobody: whom it names have left.')
    expect(said).toContain('No group of components is called “Warehouse” any more, so this matches nothing.')
    expect(said).toContain('Leo Brandt left and is passed over.')
    expect((await admin.post(PATH, { to: ana.id })).status).toBe(303)
    expect((await admin.post(PATH, { to: leo.id })).status).toBe(303)
    await changePerson(house.acting(), leo.id, { active: true })
  })

  it('keep a component that has been archived, and do not come to mean everything by being saved', async () => {
    const old = await addComponent(house.acting(), { name: 'Fax' })
    await changeBriefingRules(house.acting(), [{ to: [ana.id], components: [old.id] }])
    await archiveComponent(house.acting(), old.id)
    const path = await addressOf('Fax \\(archived\\)')
    const fields = fieldsOf(await (await admin.get(path)).text(), path)
    expect(fields[`component:${old.id}`]).toBe('on')
    await admin.post(path, { ...fields, to: max.id })
    expect(await rules()).toMatchObject([{ to: [max.id], components: [old.id] }])
  })

  it('say of every open incident whom its next briefing reaches', async () => {
    const about = {
      title: 'Sign-in fails',
      severity: 'SEV2' as const,
      components: [{ id: login.id }],
      body: 'It fails.',
    }
    const { id } = await openIncident(house.acting(), about)
    expect(await words()).toContain('Sign-in fails SEV2 Major nobody: no rule matches')
    await admin.post(PATH, { to: ana.id, [`component:${login.id}`]: 'on', channels: 'email' })
    expect(await words()).toContain('Sign-in fails SEV2 Major Ana Ruiz (mail)')
    expect(await words(commander, `/console/incidents/${id}`)).toContain('Goes to Ana Ruiz (mail)')
  })

  it('are read by commanders and changed by admins alone; an executive sees none of it', async () => {
    await changeBriefingRules(house.acting(), [{ to: [ana.id] }])
    const said = await words(commander)
    expect(said).toContain('Everything Ana Ruiz (mail, SMS)')
    expect(said).toContain('Admins change the rules.')
    expect(said).not.toContain('Add a rule')
    const address = await addressOf('Everything')
    for (const answer of [
      await commander.get(address),
      await commander.post(PATH, { to: max.id }),
      await commander.post(address, { to: max.id }),
      await commander.post(`${address}/removal`),
      await (await house.signIn(ana)).get(PATH),
    ])
      expect(answer.status).toBe(403)
    expect((await rules()).map(({ to }) => to)).toEqual([[ana.id]])
  })
})
