import type { ConsoleScreens } from '../../api/domain/screens.ts'
import { empty, SIGN_IN, shell } from './room.ts'

/** Who is briefed on what at Northwind Cloud, with one rule that has fallen asleep. */

const rule: ConsoleScreens['console/briefing-rule']['rule'] = {
  key: 'ru1e00000001',
  severities: ['SEV1', 'SEV2'],
  components: [],
  businessUnit: null,
  people: [
    { name: 'Ana Ruiz', channels: ['email', 'sms'] },
    { name: 'Max Roth', channels: ['email'] },
  ],
  left: [],
  unitGone: false,
}

const choices: ConsoleScreens['console/briefing-rule']['choices'] = {
  people: [
    { id: 'p3rs0n000009', name: 'Ana Ruiz', executive: true },
    { id: 'p3rs0n000010', name: 'Max Roth', executive: true },
    { id: 'p3rs0n000001', name: 'Priya Nair', executive: false },
  ],
  groups: [
    { name: null, components: [{ id: 'c0mp0nent001', name: 'Login', status: 'major_outage' }] },
    { name: 'Storage', components: [{ id: 'c0mp0nent002', name: 'Storage EU', status: 'operational' }] },
  ],
  units: ['Storage'],
}

export const briefingRules: ConsoleScreens['console/briefing-rules'] = {
  shell: {
    ...shell,
    viewer: { name: 'Priya Nair', role: 'admin' },
    may: { speak: true, administer: true },
    notice: 'rule_added',
  },
  rules: [
    rule,
    {
      ...rule,
      key: 'ru1e00000002',
      severities: [],
      components: [
        { name: 'Login', archived: false },
        { name: 'Fax', archived: true },
      ],
      people: rule.people.slice(1),
      left: ['Leo Brandt'],
    },
    {
      ...rule,
      key: 'ru1e00000003',
      businessUnit: 'Warehouse',
      people: [],
      left: ['Leo Brandt', 'Ida Holm'],
      unitGone: true,
    },
  ],
  bySeverity: [
    { severity: 'SEV1', people: rule.people },
    { severity: 'SEV2', people: rule.people },
    { severity: 'SEV3', people: [] },
    { severity: 'SEV4', people: [] },
  ],
  open: [
    { id: SIGN_IN, title: 'Sign-in fails for most customers', severity: 'SEV1', people: rule.people },
    { id: 'exp0rts00001', title: 'Nightly exports are late', severity: 'SEV3', people: [] },
  ],
  adding: { form: empty, choices },
}

export const readBriefingRules: ConsoleScreens['console/briefing-rules'] = {
  ...briefingRules,
  shell,
  rules: [],
  open: [],
  bySeverity: briefingRules.bySeverity.map(({ severity }) => ({ severity, people: [] })),
  adding: null,
}

export const briefingRule: ConsoleScreens['console/briefing-rule'] = {
  shell: briefingRules.shell,
  rule,
  choices,
  form: {
    values: { to: '', severities: 'SEV1,SEV2', channels: 'email', 'component:c0mp0nent002': 'on' },
    errors: [{ field: 'to', code: 'too_small', message: 'Name at least one person.' }],
  },
}
