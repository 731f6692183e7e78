import { describe, expect, it } from 'vitest'
import { alertSources, drafts } from '../../db/schema.ts'
import { alertmanagerGroup, someAlert } from '../support/alerts.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { testWorld } from '../support/world.ts'

const house = await testWorld()
const { db } = house
const PATH = '/console/alert-sources'
const visitor = await house.signIn(await house.person('admin', { name: 'Ada' }))
const read = async (path = PATH) => (await visitor.get(path)).text()
const form = async () => fieldsOf(await read(), PATH)

/** Posts as the system at the other end does, to the address that the screen showed. */
const post = (url: string, body: unknown) =>
  house.app.request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
const shown = (html: string) => /id="hook-url" value="([^"]+)"/.exec(html)![1]!.replaceAll('&amp;', '&')

describe('the screen of alert sources', () => {
  it('makes a source whose address, shown once, takes alerts, until it is revoked', async () => {
    const answer = await visitor.post(PATH, { ...(await form()), kind: 'alertmanager', name: 'Frankfurt' })
    expect(answer.status).toBe(201)
    const html = await answer.text()
    const url = shown(html)
    expect(url).toMatch(/^http:\/\/localhost:3000\/hooks\/alerts\/alertmanager\?key=alert_[\w-]{20,}$/)
    expect(html).toContain(`id="hook-key" value="${new URL(url).searchParams.get('key')}"`)
    expect(await read()).not.toContain(url)
    expect(wordsOf(await read())).toMatch(/Frankfurt alert_\S+… Prometheus Alertmanager Made/)
    const alerts = alertmanagerGroup([someAlert('SignInFails', '2026-11-12T13:58:00Z')])
    expect((await post(url, alerts)).status).toBe(202)
    expect(await db.$count(drafts)).toBe(1)
    const revoke = /action="(\/console\/alert-sources\/[a-z0-9]{12}\/revoke)"/.exec(await read())![1]!
    expect((await visitor.post(revoke)).headers.get('location')).toBe(`${PATH}?notice=alert_source_revoked`)
    expect((await post(url, alerts)).status).toBe(401)
    expect(wordsOf(await read(`${PATH}?notice=alert_source_revoked`))).toContain('its drafts stay')
    expect((await visitor.post(revoke)).status).toBe(404)
  })

  it('lets any other source say where its JSON has what', async () => {
    const mapping = {
      'mapping.id': 'check.id',
      'mapping.title': 'check.name',
      'mapping.status': 'state',
      'mapping.firing': 'down, broken',
    }
    const answer = await visitor.post(PATH, { ...(await form()), kind: 'generic', name: 'Probe', ...mapping })
    const url = shown(await answer.text())
    const before = await db.$count(drafts)
    expect((await post(url, { state: 'broken', check: { id: 17, name: 'Checkout' } })).status).toBe(202)
    expect(await db.$count(drafts)).toBe(before + 1)
    expect((await post(url, { state: 'resolved', check: { id: 17 } })).status).toBe(202)
  })

  it.each([
    [{ kind: 'alertmanager', name: ' ' }, 'name-error'],
    [{ kind: 'nagios', name: 'x' }, 'kind-error'],
    [{ kind: 'alertmanager', name: 'x', secret: 'a secret of it' }, 'secret-error'],
    [{ kind: 'generic', name: 'x', secret: 'not whsec at all' }, 'secret-error'],
    [{ kind: 'generic', name: 'x', 'mapping.id': 'check name' }, 'mapping.id-error'],
    [{ kind: 'generic', name: 'x', 'mapping.firing': `${'x'.repeat(81)},down` }, 'mapping.firing-error'],
  ])('refuses %o beside its field, makes nothing, and never shows a secret again', async (wrong, error) => {
    const before = await db.$count(alertSources)
    const answer = await visitor.post(PATH, { ...(await form()), ...(wrong as Record<string, string>) })
    expect(answer.status).toBe(422)
    const html = await answer.text()
    expect(html).toContain(`id="${error}"`)
    if ('secret' in wrong) expect(html).not.toContain(wrong.secret)
    expect(await db.$count(alertSources)).toBe(before)
  })

  it('is for admins alone', async () => {
    const commander = await house.signIn(await house.person('commander'))
    expect((await commander.get(PATH)).status).toBe(403)
    expect((await commander.post(PATH, { kind: 'grafana', name: 'x' })).status).toBe(403)
  })
})
