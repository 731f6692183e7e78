import type { ReadyWords } from '../../api/domain/ready-words.ts'
import type { ConsoleScreens } from '../../api/domain/screens.ts'
import { INCIDENT_FACTS, MAINTENANCE_FACTS } from '../../api/domain/template-facts.ts'
import type { TemplateRow } from '../../api/domain/template-screens.ts'
import { empty, shell } from './room.ts'

/** Ready words as the console shows them, made by hand. */

const over: TemplateRow = {
  id: 'templ4te0001',
  name: 'Over',
  moment: 'update',
  severity: null,
  status: 'resolved',
  begins: 'Full recovery is confirmed for {{components}}: {{how we know}}.',
  blanks: ['how we know'],
  origin: 'changed',
}
const critical: TemplateRow = {
  ...over,
  id: 'templ4te0002',
  name: 'Critical problem',
  moment: 'opening',
  severity: 'SEV1',
  status: null,
  begins: 'There has been a critical problem with {{components}} since {{started_at}}.',
  blanks: [],
  origin: 'shipped',
}
const begun: TemplateRow = {
  ...critical,
  id: 'templ4te0003',
  name: 'Begun',
  moment: 'maintenance_started',
  severity: null,
}

export const ready: ReadyWords = {
  groups: [
    { of: 'opening', options: [{ id: critical.id, name: critical.name }] },
    { of: 'resolved', options: [{ id: over.id, name: over.name }] },
  ],
  gaps: { blanks: ['how we know'], facts: ['duration'] },
}

export const templates: ConsoleScreens['console/templates'] = {
  shell,
  mayWrite: true,
  moments: [
    { moment: 'opening', templates: [critical] },
    { moment: 'update', templates: [over] },
    { moment: 'no_change', templates: [] },
    { moment: 'maintenance_started', templates: [begun] },
  ],
  adding: {
    values: { moment: 'update', name: 'over', body: '{{ what' },
    errors: [
      { field: 'name', code: 'taken', message: 'There is a template named Over already; give this one another name.' },
      { field: 'body', code: 'placeholder_malformed', message: '{{ what is no placeholder.' },
    ],
  },
}

export const template: ConsoleScreens['console/template'] = {
  shell: { ...shell, notice: 'template_changed' },
  mayWrite: true,
  template: over,
  facts: INCIDENT_FACTS,
  form: {
    values: { name: 'Over', headline: 'It is over', body: 'All of {{components}} works: {{how we know}}.' },
    errors: [],
  },
  preview: {
    headline: 'It is over',
    html: '<p>All of Login and Dashboard works: <mark>{{how we know}}</mark>.</p>',
  },
  unsaved: true,
  shipped: { headline: null, body: 'Full recovery is confirmed for {{components}}: {{how we know}}.' },
}

export const readTemplate: ConsoleScreens['console/template'] = {
  ...template,
  shell,
  mayWrite: false,
  template: begun,
  facts: MAINTENANCE_FACTS,
  form: empty,
  preview: { headline: null, html: '<p>The planned work has begun.</p>' },
  unsaved: false,
  shipped: null,
}

export const ownTemplate: ConsoleScreens['console/template'] = {
  ...template,
  template: { ...over, origin: 'own' },
  form: {
    values: { name: '', severity: 'SEV2', status: 'resolved', headline: '', body: 'Over.' },
    errors: [{ field: 'name', code: 'too_small', message: 'Write something here.' }],
  },
  preview: null,
  shipped: null,
}
