import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ConsoleScreens } from '../../api/domain/screens.ts'
import { loadRenderer, type Renderer } from '../../api/publish/renderer.ts'
import { tagsOf } from '../support/html.ts'
import { outside, overtakenRoom, quietRoom, refusedRoom, resolvedRoom, room, shell } from '../support/room.ts'
import { cases, declare, home, openedLetter, people } from '../support/screens.ts'

const BUILD = 60_000
const HOSTILE = `"><script>alert(1)</script>'&`

let renderer: Renderer<ConsoleScreens>
beforeAll(async () => {
  renderer = await loadRenderer<ConsoleScreens>(join(import.meta.dirname, '..', '..'))
}, BUILD)

const typed = ['input', 'select', 'textarea']
const withoutLabel = new Set(['hidden', 'submit'])

describe.each(cases)('the screen $name', ({ render }) => {
  test('is a whole document with one heading of the first rank and no style or script of its own', async () => {
    const html = await render(renderer)
    const tags = tagsOf(html)
    expect(html).toMatch(/^<!doctype html><html lang="en">/i)
    expect(tags.filter((tag) => tag.name === 'h1')).toHaveLength(1)
    expect(tags.filter((tag) => tag.name === 'main')).toHaveLength(1)
    expect(tags.filter((tag) => Object.keys(tag.attributes).some((name) => /^(style|on[a-z]+)$/.test(name)))).toEqual(
      [],
    )
    expect(tags.filter((tag) => tag.name === 'script').map((tag) => tag.attributes.src)).toEqual(['/console.js'])
  })

  test('gives every id once, and every reference to an id leads somewhere', async () => {
    const html = await render(renderer)
    const tags = tagsOf(html)
    const ids = tags.flatMap((tag) => tag.attributes.id ?? [])
    expect(ids.toSorted()).toEqual([...new Set(ids)].toSorted())
    const references = tags.flatMap(({ attributes }) => [
      ...['aria-describedby', 'aria-labelledby', 'for'].flatMap((name) => attributes[name]?.split(' ') ?? []),
      ...(attributes.href?.startsWith('#') ? [attributes.href.slice(1)] : []),
    ])
    expect(references.filter((id) => !ids.includes(id))).toEqual([])
  })

  test('labels everything that one can type into or choose from', async () => {
    const html = await render(renderer)
    const tags = tagsOf(html)
    const labelled = new Set(tags.filter((tag) => tag.name === 'label').map((tag) => tag.attributes.for))
    const wrapped = [...html.matchAll(/<label[^>]*>\s*<input([^>]*)>/g)].flatMap(([, rest]) => tagsOf(`<input${rest}>`))
    const isWrapped = (tag: ReturnType<typeof tagsOf>[number]) =>
      wrapped.some(
        ({ attributes }) => attributes.name === tag.attributes.name && attributes.value === tag.attributes.value,
      )
    const unlabelled = tags
      .filter((tag) => typed.includes(tag.name) && !withoutLabel.has(tag.attributes.type ?? ''))
      .filter((tag) => !labelled.has(tag.attributes.id) && !isWrapped(tag))
    expect(unlabelled).toEqual([])
  })
})

describe('what is typed', () => {
  test('hostile text is shown as text wherever a person can put it', { timeout: BUILD }, async () => {
    const rooms = { ...room, incident: { ...room.incident, title: HOSTILE } }
    const [first] = home.incidents
    const screens = await Promise.all([
      renderer.render('console/home', { ...home, incidents: [{ ...first!, title: HOSTILE }] }),
      renderer.render('console/declare', {
        ...declare,
        form: { values: { title: HOSTILE, body: HOSTILE }, errors: [] },
      }),
      renderer.render('console/incident', rooms),
      renderer.render('console/people', { ...people, people: [{ ...people.people[0]!, name: HOSTILE }] }),
      renderer.render('console/mailbox', { ...openedLetter, message: { ...openedLetter.message!, text: HOSTILE } }),
      renderer.render('console/sign-in', {
        shell: outside,
        form: { values: { email: HOSTILE }, errors: [] },
        ended: true,
        carried: { form: HOSTILE, fields: { body: HOSTILE } },
        returnTo: null,
      }),
    ])
    for (const html of screens) {
      expect(tagsOf(html).filter((tag) => tag.name === 'script')).toHaveLength(1)
      expect(html.includes('alert(1)')).toBe(true)
    }
  })

  test('a refused post shows each error beside its field, in a list of links on top, and the text untouched', async () => {
    const html = await renderer.render('console/incident', refusedRoom)
    const tags = tagsOf(html)
    const reason = tags.find((tag) => tag.attributes.id === 'severity_reason')!
    expect(reason.attributes['aria-describedby']).toContain('severity_reason-error')
    expect(reason.attributes['aria-invalid']).toBe('true')
    expect(html).toContain('<p class="error" id="severity_reason-error">Say why the severity changes.</p>')
    expect(html).toContain('href="#severity_reason"')
    expect(html).toContain('There is no such field.')
    expect(html).toContain('The EU has recovered: sign-in works there again.')
  })

  test('an ended session carries the typed text through the sign-in', async () => {
    const html = await cases.find(({ name }) => name === 'sign-in-ended')!.render(renderer)
    const hidden = tagsOf(html).filter((tag) => tag.attributes.type === 'hidden')
    expect(Object.fromEntries(hidden.map(({ attributes }) => [attributes.name, attributes.value]))).toEqual({
      return_to: '/console/incidents/k3f9a7c2m1qz',
      carried_form: 'incident:k3f9a7c2m1qz',
      carried_body: 'The EU <b>has</b> recovered.',
      'carried_component:c0mp0nent001': 'major_outage',
    })
    expect(html).toContain('Your session has ended.')
  })
})

describe('the incident room', () => {
  test('shows another author’s update above the untouched text, and offers to post after it', async () => {
    const html = await renderer.render('console/incident', overtakenRoom)
    expect(html.indexOf('Tom Okafor posted while you wrote')).toBeLessThan(html.indexOf('id="body"'))
    expect(html).toContain('Post after it')
    expect(html).not.toContain('Post to 14,554 people')
  })

  test('offers reopening instead of the composer once it is resolved', async () => {
    const html = await renderer.render('console/incident', resolvedRoom)
    expect(html).toContain(`action="/console/incidents/${room.incident.id}/reopening"`)
    expect(html).not.toContain('/updates"')
    expect(html).not.toContain('data-due')
  })

  test('has no form for somebody who may only read', async () => {
    expect(tagsOf(await renderer.render('console/incident', quietRoom)).some((tag) => tag.name === 'form')).toBe(false)
  })

  test('never claims that the page of an internal incident says anything', async () => {
    const incident = { ...room.incident, visibility: 'internal' as const, publicUrl: null, late: true }
    const html = await renderer.render('console/incident', { ...room, incident })
    expect(html).not.toContain('The page says')
    expect(html).toContain('on no page')
  })
})

describe('the console', () => {
  test('says before anything else that alerts reach nobody', async () => {
    const text = 'Neither mail nor SMS gets through; alerts reach nobody.'
    const html = await renderer.render('console/home', {
      ...home,
      shell: { ...shell, banners: [{ kind: 'alarm', text }] },
    })
    expect(html.indexOf(text)).toBeLessThan(html.indexOf('<h1'))
  })

  test('counts late updates in its heading', async () => {
    expect(await renderer.render('console/home', home)).toMatch(/<h1[^>]*>1 update is late<\/h1>/)
    const calm = { ...home, incidents: home.incidents.filter((incident) => !incident.late) }
    expect(await renderer.render('console/home', calm)).toMatch(/<h1[^>]*>Nothing is late<\/h1>/)
  })

  test('offers the mailbox to admins only, and opening an incident to those who may speak', async () => {
    const html = await renderer.render('console/home', {
      ...home,
      shell: { ...shell, may: { speak: false, administer: false } },
    })
    expect(html).not.toContain('/console/mailbox')
    expect(html).not.toContain('/console/declare')
  })

  test('shows the invitation link to the one who invited', async () => {
    const html = await renderer.render('console/people', people)
    expect(html).toContain('https://sitrep.northwind.example/invitation?token=abc')
  })
})

describe('the release of a restored database', () => {
  const release = (openIncidents: number, waiting: number) =>
    renderer.render('console/release', {
      shell,
      held: { takenAt: shell.now, restoredAt: shell.now, openIncidents, waiting },
    })

  test('asks what becomes of messages that wait, and only where some do', async () => {
    const [some, none] = [await release(2, 1), await release(1, 0)]
    expect(some).toContain('2 incidents are open in it. 1 message waits;')
    expect(some.match(/<button[^>]* name="waiting"/g)).toHaveLength(2)
    expect(none).toContain('1 incident is open in it. No message waits.')
    expect(none.match(/<button[^>]* name="waiting"/g)).toHaveLength(1)
  })
})
