import { describe, expect, test } from 'vitest'
import { defaultPolicy } from '../../api/domain/cadence.ts'
import { HOUR } from '../../api/domain/duration.ts'
import { besideComponents, changedComponents, componentsIn } from '../../api/http/console/affected-fields.ts'
import { carriedIn, carriedOn, draftFormOf, pathAfter, pathOfForm } from '../../api/http/console/carried.ts'
import { updateInput, versionIn, wantsReason } from '../../api/http/console/composer-fields.ts'
import { idIn, localTime, typed, utcTime } from '../../api/http/console/forms.ts'
import { localPath } from '../../api/http/console/page.ts'
import { prefersJson } from '../../api/http/console/refusal-page.ts'

const [LOGIN, API] = ['c0mp0nent001', 'c0mp0nent002']
const policy = defaultPolicy()
const present = {
  status: 'identified' as const,
  severity: 'SEV2' as const,
  age: 0,
  held: [{ id: LOGIN, status: 'major_outage' }],
}
const untouched = {
  status: 'identified',
  severity: 'SEV2',
  severity_reason: '',
  next_update_in: 'PT30M',
  [`component:${LOGIN}`]: 'major_outage',
  [`component:${API}`]: '',
}

describe('the composer', () => {
  test('sends as a change only what differs from how things stand', () => {
    expect(updateInput({ ...untouched, body: 'Words.' }, present, policy)).toEqual({
      status: 'identified',
      severity: undefined,
      severity_reason: undefined,
      components: undefined,
      next_update_in: 'PT30M',
      hold: 'PT10S',
      extension_reason: undefined,
      body: 'Words.',
    })
  })

  test('holds an update for as long as the cadence says of the severity that it goes out with', () => {
    const raised = { ...untouched, severity: 'SEV1', body: 'Words.' }
    expect(updateInput(raised, present, policy).hold).toBe('PT0S')
  })

  test('leaves the text out of a post without a material change', () => {
    const input = updateInput({ ...untouched, body: 'half a', no_change: 'true' }, present, policy)
    expect(input).toMatchObject({ no_change: true })
    expect(input).not.toHaveProperty('body')
  })

  test.each([
    ['an untouched promise that a raised severity makes too long', { severity: 'SEV1' }, undefined],
    ['one chosen deliberately, too long or not', { severity: 'SEV1', next_update_in: 'PT1H' }, 'PT1H'],
    ['one that still fits', { status: 'monitoring' }, 'PT30M'],
    ['any with a resolution', { status: 'resolved' }, undefined],
    ['none', { next_update_in: '' }, undefined],
    ['a text that is no interval', { next_update_in: 'soon' }, 'soon'],
  ])('asks rightly for %s', (_, changed, asked) => {
    expect(updateInput({ ...untouched, ...changed }, present, policy).next_update_in).toBe(asked)
  })

  test('gives a reason for a promise that needs one, and keeps it to itself otherwise', () => {
    const reasoned = { ...untouched, extension_reason: 'The vendor is asleep.' }
    const input = (changed: object) => updateInput({ ...reasoned, ...changed }, { ...present, age: 3 * HOUR }, policy)
    expect(input({}).extension_reason).toBeUndefined()
    expect(input({ next_update_in: 'PT45M' }).extension_reason).toBe('The vendor is asleep.')
    expect(input({ next_update_in: 'PT45M', status: 'monitoring' }).extension_reason).toBeUndefined()
  })

  test.each([
    ['a reason would do', { next_update_in: 'PT45M' }, 3 * HOUR, true],
    ['it is there', { next_update_in: 'PT45M', extension_reason: 'Asleep.' }, 3 * HOUR, false],
    ['none would do', { next_update_in: 'PT1H' }, 3 * HOUR, false],
    ['none would do yet', { next_update_in: 'PT45M' }, HOUR, false],
  ])('asks for a reason where one would do: %s', (_, changed, age, wants) => {
    expect(wantsReason({ ...untouched, ...changed }, { ...present, age }, policy)).toBe(wants)
  })

  test.each([
    ['7', 7],
    ['', null],
    ['x', null],
    [undefined, null],
    ['-1', null],
    ['12345678901', null],
  ])('reads the version %s', (version, read) => {
    expect(versionIn(version === undefined ? {} : { version })).toBe(read)
  })
})

describe('components in a form', () => {
  const fields = { [`component:${LOGIN}`]: 'degraded_performance', [`component:${API}`]: '', other: 'x' }

  test('are named by id, those not affected left out', () => {
    expect(componentsIn(fields)).toEqual([{ id: LOGIN, status: 'degraded_performance' }])
    expect(changedComponents(componentsIn(fields), present.held)).toHaveLength(1)
    expect(changedComponents(componentsIn(untouched), present.held)).toEqual([])
  })

  test('get their errors beside their own fields', () => {
    const place = besideComponents([{ id: API, status: 'x' }])
    const error = (field: string) => place({ field, code: 'c', message: 'm' }).field
    expect(error('components.0.status')).toBe(`component:${API}`)
    expect(error('components.1.id')).toBe('components.1.id')
    expect(error('title')).toBe('title')
  })
})

describe('a text on its way through the sign-in', () => {
  const request = (path: string, type = 'application/x-www-form-urlencoded') =>
    new Request(`http://localhost${path}`, { method: 'POST', headers: { 'content-type': type } })

  test('is taken from forms that keep drafts, without secrets', () => {
    const text = new URLSearchParams({ body: 'a&b=c', password: 'x', setup_token: 'y' }).toString()
    expect(carriedIn(request('/console/declare'), text)).toEqual({ form: 'declare', fields: { body: 'a&b=c' } })
    expect(carriedIn(request('/console/people'), text)).toBeNull()
    expect(carriedIn(request('/console/declare', 'text/plain'), text)).toBeNull()
  })

  test('goes on through every try', () => {
    const fields = { carried_form: 'declare', carried_body: 'x', carried_password: 'y', email: 'z' }
    expect(carriedOn(fields)).toEqual({ form: 'declare', fields: { body: 'x' } })
    expect(carriedOn({ ...fields, carried_form: 'incident:../../x' })).toBeNull()
  })

  test.each([
    ['/console/incidents/k3f9a7c2m1qz/updates', 'incident:k3f9a7c2m1qz', '/console/incidents/k3f9a7c2m1qz'],
    ['/console/incidents/k3f9a7c2m1qz/reopening', 'incident:k3f9a7c2m1qz', '/console/incidents/k3f9a7c2m1qz'],
    ['/console/declare', 'declare', '/console/declare'],
    ['/console/component-groups', null, '/console/components'],
    ['/console/components/c0mp0nent001/archive', null, '/console/components'],
    ['/console/me/test-alert', null, '/console/me'],
    ['/console/sign-out', null, '/console'],
  ])('%s leads back to where its form is', (path, form, back) => {
    expect(draftFormOf(path)).toBe(form)
    expect(pathAfter(path)).toBe(back)
    if (form) expect(pathOfForm(form)).toBe(back)
  })
})

test.each([
  ['/console', true],
  ['/console/people?notice=person_added&x=%20', true],
  ['//elsewhere.example', false],
  ['/\\elsewhere.example', false],
  ['/a\\b', false],
  ['/a b', false],
  ['/\r\nset-cookie: x', false],
  ['/ä', false],
  ['', false],
  ['console', false],
  ['javascript:alert(1)', false],
])('%j is a path of ours: %s', (path, ours) => {
  expect(localPath(path)).toBe(ours ? path : null)
})

test.each([
  ['text/html,application/xhtml+xml,*/*;q=0.8', false],
  ['application/json', true],
  ['application/problem+json, text/html;q=0.5', true],
  ['application/json;q=0.5, text/html', false],
  ['*/*', false],
  ['', false],
  [null, false],
])('Accept %j prefers JSON: %s', (accept, json) => {
  expect(prefersJson(accept)).toBe(json)
})

test('times go into forms and come back in UTC, to the minute', () => {
  expect(localTime(new Date('2026-11-12T14:37:59.999Z'))).toBe('2026-11-12T14:37')
  expect(utcTime('2026-11-12T14:37')).toBe('2026-11-12T14:37:00Z')
  expect(utcTime('2026-11-12T14:37:05.5')).toBe('2026-11-12T14:37:05.5Z')
  expect(utcTime('yesterday')).toBe('yesterday')
  expect(utcTime(undefined)).toBeUndefined()
})

test('an empty field is absent, and what cannot be an id names nothing', () => {
  expect([typed({ a: ' ' }, 'a'), typed({}, 'a'), typed({ a: ' x ' }, 'a')]).toEqual([undefined, undefined, ' x '])
  expect(() => idIn({ id: '../secret' }, 'incident')).toThrow('There is no such incident.')
})
