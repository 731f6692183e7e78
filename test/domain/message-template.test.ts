import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { asShipped } from '../../api/actions/message-templates.ts'
import {
  blanksOf,
  faultsOf,
  inOrder,
  type KeptTemplate,
  MOMENTS,
  templateFor,
} from '../../api/domain/message-template.ts'
import { SEVERITIES } from '../../api/domain/severity.ts'
import { lastingFacts, maintenanceFacts, momentaryFacts } from '../../api/domain/template-facts.ts'
import { loadTemplates } from '../../api/templates.ts'

const { messages } = loadTemplates(join(import.meta.dirname, '../../templates'))
const shipped = messages.map(asShipped)
const template = (own: Partial<KeptTemplate>): KeptTemplate => ({
  ...asShipped({
    id: 'templ4te0001',
    key: 'mine',
    audience: 'public',
    name: 'Mine',
    moment: 'update',
    severity: null,
    status: null,
    headline: null,
    body: 'Words.',
  }),
  ...own,
})

describe('the words that we ship', () => {
  it('have something for every moment, and an opening for every severity that needs no word of a person', () => {
    for (const moment of MOMENTS) expect(templateFor(shipped, { moment, status: 'investigating' }).moment).toBe(moment)
    for (const severity of SEVERITIES) {
      const opening = templateFor(shipped, { moment: 'opening', severity, status: 'investigating' })
      expect(opening.severity).toBe(severity)
      expect(blanksOf(opening)).toEqual([])
    }
  })

  it('offer to say that reports are being looked into, without a word of a person (C16)', () => {
    const reports = shipped.find(({ key }) => key === 'investigating_reports')!
    expect(reports).toMatchObject({ status: 'investigating' })
    expect(blanksOf(reports)).toEqual([])
  })

  it('ask at the end for recovery, what remains, how long and what follows (C20)', () => {
    const over = shipped.find(({ key }) => key === 'resolved')!
    expect(over.body).toMatch(/Full recovery is confirmed/)
    expect(over.body).toContain('{{duration}}')
    expect(blanksOf(over)).toEqual(['how we know', 'none, or which', 'a review by a date, or nothing more'])
  })

  it('have ids of twelve characters, each its own', () => {
    expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length)
    for (const { id } of messages) expect(id).toMatch(/^[a-z0-9]{12}$/)
  })
})

describe('the template that a situation calls for', () => {
  const any = template({ key: 'any' })
  const own = template({ key: 'a_own', origin: 'own' })
  const major = template({ key: 'major', severity: 'SEV2' })
  const watching = template({ key: 'watching', status: 'monitoring' })

  it.each([
    [{ severity: 'SEV1', status: 'investigating' }, 'any'],
    [{ severity: 'SEV2', status: 'monitoring' }, 'major'],
    [{ severity: 'SEV3', status: 'monitoring' }, 'watching'],
    [{}, 'any'],
  ] as const)('for %o is %s', (situation, key) => {
    expect(templateFor([own, any, major, watching], { moment: 'update', ...situation }).key).toBe(key)
  })

  it('must exist', () => {
    expect(() => templateFor([major], { moment: 'update' })).toThrow('No template is shipped for update.')
  })
})

describe('a template', () => {
  it.each([
    ['a gap that nobody closed', { body: 'It {{fails' }, 'body', 'placeholder_malformed'],
    ['a tag in the headline', { headline: '{% if x %}' }, 'headline', 'placeholder_malformed'],
    [
      'a blank that nobody would fill',
      { moment: 'no_change', body: '{{what customers see}}' },
      'body',
      'blank_not_allowed',
    ],
    [
      'a promise where none may be',
      { moment: 'no_change', body: 'At {{next_update_at}}.' },
      'body',
      'blank_not_allowed',
    ],
    [
      'a fact of incidents in planned work',
      { moment: 'maintenance_started', body: '{{duration}}' },
      'body',
      'blank_not_allowed',
    ],
    ['an opening that resolves', { moment: 'opening', status: 'resolved' }, 'status', 'contradiction'],
    ['planned work with a severity', { moment: 'maintenance_moved', severity: 'SEV1' }, 'severity', 'contradiction'],
  ] as const)('with %s is refused by name', (_, own, field, code) => {
    expect(faultsOf(template(own))).toMatchObject([{ field, code }])
  })

  it('of "no material change" may name what is always known', () => {
    expect(faultsOf(template({ moment: 'no_change', body: 'Still {{components}}, for {{duration}}.' }))).toEqual([])
  })

  it('stands in the order of moments, of the life of an incident, of severity', () => {
    const keys = inOrder(shipped).map(({ key }) => key)
    expect(keys.slice(0, 5)).toEqual(['opening', 'opening_sev1', 'opening_sev2', 'opening_sev3', 'opening_sev4'])
    expect(keys.indexOf('identified')).toBeLessThan(keys.indexOf('resolved'))
  })
})

describe('what fills itself in', () => {
  const now = new Date('2026-11-12T14:52:00Z')
  const known = { title: 'Sign-in fails', organisation: 'Northwind Cloud', startedAt: new Date('2026-11-12T13:47:00Z') }

  it('names the component hit worst first, and the company where none is named', () => {
    const components = [
      { name: 'Dashboard', status: 'degraded_performance' },
      { name: 'Login', status: 'major_outage' },
    ] as const
    expect(lastingFacts({ ...known, components }, now)).toMatchObject({
      component: 'Login',
      components: 'Login and Dashboard',
      started_at: '13:47 UTC',
    })
    expect(lastingFacts({ ...known, components: [] }, now).components).toBe('Northwind Cloud')
  })

  it('says how long it lasted, and when we speak again where that is promised', () => {
    expect(momentaryFacts(known.startedAt, new Date('2026-11-13T00:10:00Z'), now)).toEqual({
      duration: '1 h 5 min',
      next_update_at: 'Fri 13 Nov 2026, 00:10 UTC',
    })
    expect(momentaryFacts(now, null, now)).toEqual({ duration: 'less than a minute' })
  })

  it('says a window with its day once, or with both', () => {
    const work = { title: 'Upgrade', scheduledFor: new Date('2026-11-15T22:00:00Z') }
    const until = (time: string) =>
      maintenanceFacts({ ...work, scheduledUntil: new Date(time) }, 'Northwind', now).window
    expect(until('2026-11-15T23:30:00Z')).toBe('Sun 15 Nov 2026, 22:00 to 23:30 UTC')
    expect(until('2026-11-16T01:00:00Z')).toBe('Sun 15 Nov 2026, 22:00 UTC to Mon 16 Nov 2026, 01:00 UTC')
  })
})
