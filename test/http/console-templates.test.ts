import { afterEach, describe, expect, test } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { updatesOf } from '../../db/queries/incidents.ts'
import { composerDrafts, messageTemplates } from '../../db/schema.ts'
import { fieldsOf, unescaped, wordsOf } from '../support/forms.ts'
import { testWorld } from '../support/world.ts'

const house = await testWorld()
await house.clock.set(new Date('2026-11-12T14:37:18.250Z'))
const ada = await house.person('commander', { name: 'Ada' })
const visitor = await house.signIn(ada)
const login = await addComponent(house.acting(), { name: 'Login' })
const shipped = (key: string) => house.world.templates.messages.find((each) => each.key === key)!
afterEach(async () => {
  await house.db.delete(composerDrafts)
  await house.db.delete(messageTemplates)
})

describe('the editor', () => {
  const PATH = `/console/templates/${shipped('resolved').id}`
  const page = async (path: string) => (await visitor.get(path)).text()

  test('lists every template by its moment, and shows how one reads with an example, its blanks marked', async () => {
    expect(wordsOf(await page('/console/templates'))).toMatch(
      /Opening The first words .* Critical problem SEV1 · As shipped/,
    )
    const html = await page(PATH)
    expect(wordsOf(html)).toContain('Full recovery is confirmed for Login and Dashboard: {{how we know}} .')
    expect(unescaped(html)).toContain('<mark>{{how we know}}</mark>')
    expect(wordsOf(html)).toContain('{{duration}} how long it has lasted')
  })

  test('previews what was typed and changes nothing; saving changes it; restoring brings the shipped words back', async () => {
    const fields = { ...fieldsOf(await page(PATH), PATH), body: 'All of {{components}} works.' }
    const previewed = await (await visitor.post(PATH, { ...fields, preview: 'true' })).text()
    expect(wordsOf(previewed)).toContain('Not saved yet.')
    expect(wordsOf(previewed)).toContain('All of Login and Dashboard works.')
    expect(fieldsOf(await page(PATH), PATH).body).toBe(shipped('resolved').body)
    const saved = await visitor.post(PATH, fields)
    expect(saved.headers.get('location')).toBe(`${PATH}?notice=template_changed`)
    expect(wordsOf(await page(PATH))).toContain('Restore the shipped words')
    const restored = await visitor.post(`${PATH}/removal`)
    expect(restored.headers.get('location')).toBe(`${PATH}?notice=template_restored`)
    expect(fieldsOf(await page(PATH), PATH).body).toBe(shipped('resolved').body)
  })

  test('names what is wrong beside its field, and keeps what was typed', async () => {
    for (const button of [{ preview: '' }, { preview: 'true' }]) {
      const refused = await visitor.post(PATH, { name: '', body: 'It {{fails', ...button })
      const html = await refused.text()
      expect(refused.status).toBe(422)
      expect(html).toContain('id="name-error"')
      expect(fieldsOf(html, PATH)).toMatchObject({ name: '', body: 'It {{fails' })
    }
  })

  test('adds words of our own and takes them away', async () => {
    const added = await visitor.post('/console/templates', {
      name: 'Rolling back',
      moment: 'update',
      status: 'identified',
      severity: '',
      headline: '',
      body: 'We roll back.',
    })
    const path = added.headers.get('location')!
    expect(path).toMatch(/^\/console\/templates\/[a-z0-9]{12}\?notice=template_added$/)
    const removed = await visitor.post(`${path.split('?')[0]}/removal`)
    expect(removed.headers.get('location')).toBe('/console/templates?notice=template_removed')
    expect((await visitor.get(path)).status).toBe(404)
  })

  test('is read by responders, who change nothing', async () => {
    const reader = await house.signIn(await house.person('responder'))
    const html = await (await reader.get(PATH)).text()
    expect(wordsOf(html)).toContain('Full recovery is confirmed')
    expect(html).not.toContain('name="body"')
    expect((await reader.post(PATH, { name: 'x', body: 'y' })).status).toBe(403)
  })
})

describe('the declaration', () => {
  const PATH = '/console/declare'
  const begin = async () => fieldsOf(await (await visitor.get(PATH)).text(), PATH)
  const words = async (fields: Record<string, string>) =>
    fieldsOf(await (await visitor.post(PATH, { ...fields, use_words: 'true' })).text(), PATH)

  test('takes the opening for the severity, about what was ticked, at the press of a button', async () => {
    const fields = {
      ...(await begin()),
      severity: 'SEV1',
      title: 'Sign-in fails',
      [`component:${login.id}`]: 'major_outage',
    }
    const filled = await words(fields)
    expect(filled.body).toBe(
      'There has been a critical problem with Login since 14:37 UTC. We are working on it and will say more within minutes.',
    )
    expect(filled).toMatchObject({ title: 'Sign-in fails', severity: 'SEV1' })
    const declared = await visitor.post(PATH, filled)
    const [said] = await updatesOf(house.db, declared.headers.get('location')!.slice(19, 31))
    expect(said!.body).toBe(filled.body)
  })

  test('keeps what somebody wrote, and puts ready words below it', async () => {
    const own = { ...(await begin()), body: 'My own\r\nwords.', template: shipped('investigating_reports').id }
    expect((await words(own)).body).toMatch(
      /^My own\nwords\.\n\nWe are looking into reports of a problem with Northwind Cloud/,
    )
  })

  test('refuses a blank that nobody filled, beside the words', async () => {
    const fields = { ...(await begin()), title: 'T', severity: 'SEV2', template: shipped('investigating').id }
    const filled = await words(fields)
    const refused = await visitor.post(PATH, filled)
    const html = await refused.text()
    expect(refused.status).toBe(422)
    expect(html).toMatch(/id="body-error"[^>]*>[^<]*Fill in \{\{what customers see\}\}/)
    expect(wordsOf(html)).toContain('Fill in before it goes out: {{what customers see}} {{who and where}}')
  })
})

describe('the composer', async () => {
  const { id } = await openIncident(
    { ...house.acting(), actor: { ...house.acting().actor, personId: ada.id } },
    {
      title: 'Sign-in fails',
      severity: 'SEV1',
      body: 'It fails.',
      components: [{ id: login.id }],
    },
  )
  const room = `/console/incidents/${id}`
  const posting = `${room}/updates`

  test('takes words and the status that they bring; what only the moment knows fills in as it is posted', async () => {
    const fields = fieldsOf(await (await visitor.get(room)).text(), posting)
    const answer = await visitor.post(posting, { ...fields, template: shipped('resolved').id, use_words: 'true' })
    const html = await answer.text()
    const filled = fieldsOf(html, posting)
    expect(filled).toMatchObject({ status: 'resolved', version: fields.version })
    expect(filled.body).toContain('confirmed for Login: {{how we know}}.')
    expect(wordsOf(html)).toContain('Fills itself in when it goes out: {{duration}}')
    await house.clock.advance(20 * 60_000)
    const body = filled.body!.replaceAll(/\{\{(?!duration)[^}]*\}\}/g, 'none')
    expect((await visitor.post(posting, { ...filled, body })).status).toBe(303)
    const [said] = await updatesOf(house.db, id)
    expect(said).toMatchObject({
      status: 'resolved',
      body: expect.stringContaining('It lasted 20 min, from 14:37 UTC.'),
    })
  })
})
