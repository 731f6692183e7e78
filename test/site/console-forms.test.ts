import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ConsoleScreens } from '../../api/domain/screens.ts'
import { loadRenderer, type Renderer } from '../../api/publish/renderer.ts'
import { askingRoom } from '../support/composer-samples.ts'
import { wordsOf } from '../support/forms.ts'
import { formsOf, tagsOf } from '../support/html.ts'
import { room, shell } from '../support/room.ts'
import { cases, components, declare } from '../support/screens.ts'

let renderer: Renderer<ConsoleScreens>
beforeAll(async () => {
  renderer = await loadRenderer<ConsoleScreens>(join(import.meta.dirname, '..', '..'))
}, 60_000)

const formsOfCase = async (name: string) => formsOf(await cases.find((each) => each.name === name)!.render(renderer))

/** Each of the room's three updates can be corrected. */
const corrections = Object.fromEntries(
  [1, 2, 3].map((n) => [
    `/console/incidents/k3f9a7c2m1qz/corrections/upd4te00000${n}`,
    ['body', 'notify', 'reason', 'version'],
  ]),
)

const resending = { '/console/incidents/k3f9a7c2m1qz/deliveries/upd4te000003': [] }

const retracting = { '/console/incidents/k3f9a7c2m1qz/retraction': ['body', 'notify', 'reason', 'version'] }

const merging = { '/console/incidents/k3f9a7c2m1qz/merge': ['into', 'version'] }

const pausing = {
  '/console/incidents/k3f9a7c2m1qz/acknowledgements': [],
  '/console/incidents/k3f9a7c2m1qz/snoozes': ['for', 'reason'],
}
/** Who does what, where they meet, and what they write down. */
const rooms = {
  '/console/incidents/k3f9a7c2m1qz/roles': [
    'comms_lead',
    'deputy',
    'executive_sponsor',
    'scribe',
    'subject_expert',
    'version',
  ],
  '/console/incidents/k3f9a7c2m1qz/war-room': [
    'bridge_url',
    'channel_url',
    ...[0, 1, 2].flatMap((row) => [`documents.${row}.name`, `documents.${row}.url`]),
    'version',
  ],
  '/console/incidents/k3f9a7c2m1qz/timeline': ['pin', 'text'],
}
const tellingStaff = { '/console/incidents/k3f9a7c2m1qz/staff-notes': ['kind', 'text'] }
const handingOver = { '/console/incidents/k3f9a7c2m1qz/handover': ['note', 'to_person_id', 'version'] }

const briefingRuleFields = [
  'business_unit',
  'channels',
  'component:c0mp0nent001',
  'component:c0mp0nent002',
  'severities',
  'to',
]

const component = (id: number) => `component:c0mp0nent00${id}`

describe('forms post to their route with the fields that it reads', () => {
  test.each([
    ['sign-in', { '/console/sign-in': ['email', 'password'] }],
    ['setup', { '/setup?token=abc': ['contact', 'email', 'name', 'organisation', 'password', 'phone', 'short_name'] }],
    ['invitation', { '/invitation?token=abc': ['password'] }],
    ['proof', { '/proof?token=abc': [] }],
    ['release', { '/console/release': ['waiting'] }],
    ['people', { '/console/people': ['email', 'name', 'phone', 'role'] }],
    ['me', { '/console/me/test-alert': [], '/console/sign-out': [] }],
    [
      'incident-resolved',
      {
        '/console/incidents/k3f9a7c2m1qz/reopening': ['body', 'severity'],
        ...corrections,
        ...resending,
        ...retracting,
        ...rooms,
        ...tellingStaff,
      },
    ],
    ['briefing-rules', { '/console/briefing-rules': briefingRuleFields }],
    ['briefing-rules-read', {}],
    [
      'briefing-rule',
      {
        '/console/briefing-rules/ru1e00000001': briefingRuleFields,
        '/console/briefing-rules/ru1e00000001/removal': [],
      },
    ],
    ['timeline', { '/console/incidents/k3f9a7c2m1qz/timeline': ['pin', 'text'] }],
    [
      'alert-sources',
      {
        '/console/alert-sources/al3rtsource1/revoke': [],
        '/console/alert-sources': [
          'kind',
          ...['ends_at', 'firing', 'group', 'id', 'resolved', 'starts_at', 'status', 'title', 'url'].map(
            (name) => `mapping.${name}`,
          ),
          'name',
          'secret',
        ],
      },
    ],
    [
      'declare',
      {
        '/console/declare': [
          'backfill',
          'body',
          ...[1, 2, 3, 4, 5].map(component),
          'once',
          'resolved_at',
          'severity',
          'started_at',
          'template',
          'title',
          'use_words',
          'visibility',
          'words_used',
        ],
      },
    ],
    [
      'incident',
      {
        '/console/incidents/k3f9a7c2m1qz/updates': [
          'body',
          ...[1, 2, 3, 4, 5].map(component),
          'headline',
          'next_update_in',
          'no_change',
          'page_only',
          'preview',
          'seq',
          'severity',
          'severity_reason',
          'status',
          'template',
          'use_words',
          'version',
          'words_used',
        ],
        ...corrections,
        ...resending,
        ...retracting,
        ...merging,
        ...pausing,
        ...rooms,
        ...handingOver,
        ...tellingStaff,
      },
    ],
    [
      'incident-held-back',
      {
        '/console/incidents/k3f9a7c2m1qz/updates/upd4te000004/recall': [],
        '/console/incidents/k3f9a7c2m1qz/updates/upd4te000004/release': [],
        ...corrections,
        ...resending,
        ...retracting,
        ...merging,
        ...pausing,
        ...rooms,
        ...handingOver,
        ...tellingStaff,
      },
    ],
    ['incident-held-back-read', resending],
    [
      'incident-to-approve',
      {
        '/console/incidents/k3f9a7c2m1qz/updates/upd4te000004/approve': [],
        '/console/incidents/k3f9a7c2m1qz/updates/upd4te000004/recall': [],
        '/console/incidents/k3f9a7c2m1qz/updates/upd4te000004/break-glass': ['reason'],
        ...corrections,
        ...resending,
        ...retracting,
        ...merging,
        ...pausing,
        ...rooms,
        ...handingOver,
        ...tellingStaff,
      },
    ],
    [
      'incident-awaiting-approval',
      {
        '/console/incidents/k3f9a7c2m1qz/updates/upd4te000004/recall': [],
        '/console/incidents/k3f9a7c2m1qz/updates/upd4te000004/break-glass': ['reason'],
        ...corrections,
        ...resending,
        ...retracting,
        ...merging,
        ...pausing,
        ...rooms,
        ...handingOver,
        ...tellingStaff,
      },
    ],
    [
      'incident-internal',
      {
        '/console/incidents/k3f9a7c2m1qz/publication': ['body', 'title', 'version'],
        '/console/incidents/k3f9a7c2m1qz/updates': [
          'body',
          ...[1, 2, 3, 4, 5].map(component),
          'headline',
          'next_update_in',
          'no_change',
          'preview',
          'seq',
          'severity',
          'severity_reason',
          'status',
          'template',
          'use_words',
          'version',
          'words_used',
        ],
        ...corrections,
        ...resending,
        ...retracting,
        ...merging,
        ...pausing,
        ...rooms,
        ...handingOver,
        ...tellingStaff,
      },
    ],
  ])('%s', async (name, forms) => {
    expect(await formsOfCase(name)).toEqual(forms)
  })

  test('components are added, changed, archived and grouped each by a form of its own', async () => {
    const forms = formsOf(await renderer.render('console/components', components))
    expect(forms['/console/components']).toEqual(['description', 'group_id', 'name'])
    expect(forms['/console/components/c0mp0nent001']).toEqual([
      'asks_audiences',
      'audience_ids',
      'description',
      'group_id',
      'name',
      'status',
    ])
    expect(forms['/console/components/c0mp0nent001/archive']).toEqual([])
    expect(forms['/console/component-groups']).toEqual(['name'])
    const mayNot = { ...shell, may: { speak: true, administer: false } }
    expect(formsOf(await renderer.render('console/components', { ...components, shell: mayNot }))).toEqual({})
  })
})

describe('the declaration', () => {
  test('requires severity and title and nothing else', async () => {
    const required = tagsOf(await renderer.render('console/declare', declare)).filter(
      (tag) => 'required' in tag.attributes,
    )
    expect([...new Set(required.map((tag) => tag.attributes.name))]).toEqual(['severity', 'title'])
  })

  test('shows the definition of every severity and what to do in doubt', async () => {
    const html = await renderer.render('console/declare', declare)
    expect(html).toContain('Most customers cannot use a core function, or data is lost or exposed.')
    expect(html).toContain('A core function fails or is unusable for many.')
    expect(html).toContain('In doubt, the higher one.')
  })
})

describe('the composer', () => {
  test('posts the update when Enter is pressed: the button that counts is the first one', async () => {
    const html = await renderer.render('console/incident', room)
    const [first] = tagsOf(html.slice(html.indexOf('<form'))).filter((tag) => tag.name === 'button')
    expect(first!.attributes.name).toBeUndefined()
    expect(html).toContain('Post to 14,554 people')
  })

  test('says above both buttons that it waits for a second person, for whom, and until when at the latest', async () => {
    const html = wordsOf(await renderer.render('console/incident', askingRoom))
    const waits = 'Waits for a second person: Tom Okafor and Jonas Lind are asked. Unanswered, it goes out by itself'
    const until = '(posted now: 14:42:18 UTC), never later than the promise of 14:45 UTC.'
    expect(html).toContain(`${waits} 5 min after you post it ${until} Ask to post to 14,554 people`)
    expect(html).toContain(`SEV1: ${waits} 5 min after you post it ${until}`)
    expect(html).toContain(`SEV2: ${waits} 10 min after you post it ${until}`)
    expect(html.match(/Ask to post to 14,554 people/g)).toHaveLength(2)
    expect(html).toContain('The briefing that is to go along cannot be sent as it stands.')
  })

  test('sends the version that the author saw', async () => {
    const version = tagsOf(await renderer.render('console/incident', room)).find(
      (tag) => tag.attributes.name === 'version',
    )
    expect(version!.attributes.value).toBe('9')
  })

  test('preselects what holds now, and the component statuses that the incident holds', async () => {
    const composer = { ...room.composer!, form: { values: {}, errors: [] } }
    const html = await renderer.render('console/incident', { ...room, composer })
    // What is corrected is told to whoever was sent it, unless somebody unticks that.
    const checked = tagsOf(html).filter((tag) => 'checked' in tag.attributes && tag.attributes.name !== 'notify')
    expect(checked.map((tag) => tag.attributes.value)).toEqual(['identified', 'SEV1'])
    const selected = tagsOf(html).filter((tag) => 'selected' in tag.attributes && tag.attributes.value)
    const statuses = selected.map((tag) => tag.attributes.value).filter((value) => !value?.startsWith('p3rs0n'))
    expect(statuses).toEqual(['major_outage', 'partial_outage'])
  })
})
