import type {
  MaintenanceRow,
  MaintenanceScreen,
  MaintenancesScreen,
  PlanMaintenanceScreen,
} from '../../api/domain/maintenance-screens.ts'
import { board } from './boards.ts'
import { at, empty, groups, now, shell } from './room.ts'

/** Planned work at Northwind Cloud as the console shows it, made by hand. */

const upgrade: MaintenanceRow = {
  id: 'm4int3nance1',
  title: 'Newer database for Billing, in both regions',
  status: 'in_progress',
  from: at('14:00'),
  until: at('15:00'),
  components: ['Billing', 'Storage EU'],
  recurs: false,
}
const switches: MaintenanceRow = {
  ...upgrade,
  id: 'm4int3nance2',
  title: 'New network switches in Frankfurt',
  status: 'scheduled',
  from: '2026-11-14T22:00:00.000Z',
  until: '2026-11-15T00:30:00.000Z',
  components: ['Storage EU'],
}
const tidying: MaintenanceRow = {
  ...switches,
  id: 'm4int3nance3',
  title: 'Weekly tidying of old charts',
  from: '2026-11-15T03:00:00.000Z',
  until: '2026-11-15T03:30:00.000Z',
  components: [],
  recurs: true,
}

export const maintenances: MaintenancesScreen = {
  shell,
  running: [upgrade],
  upcoming: [switches, tidying],
  past: [
    {
      ...switches,
      id: 'm4int3nance4',
      title: 'Moving the mail servers',
      status: 'completed',
      from: '2025-11-01T22:00:00.000Z',
      until: '2025-11-01T23:00:00.000Z',
    },
    { ...switches, id: 'm4int3nance5', title: 'Faster disks', status: 'cancelled' },
  ],
}
export const maintenancesEmpty: MaintenancesScreen = { shell, running: [], upcoming: [], past: [] }

export const plan: PlanMaintenanceScreen = {
  shell,
  form: {
    values: { 'reminder:-PT24H': 'on', 'reminder:-PT1H': 'on', by_itself: 'on', notify: 'on', once: 'abcdefghijkl' },
    errors: [],
  },
  groups,
}

export const refusedPlan: PlanMaintenanceScreen = {
  ...plan,
  form: {
    values: {
      title: 'New switches',
      body: 'We replace two switches.',
      scheduled_for: '2026-11-14T22:00',
      scheduled_until: '2026-11-14T21:00',
      repeats: 'own',
      rrule: 'FREQ=SECONDLY',
      'component:c0mp0nent005': 'on',
      once: 'abcdefghijkl',
    },
    errors: [
      { field: 'scheduled_until', code: 'order', message: 'A maintenance ends after it begins.' },
      { field: 'rrule', code: 'invalid', message: 'Maintenance recurs daily at most.' },
      { field: 'reminders', code: 'invalid', message: 'Use at most 5 reminders.' },
    ],
  },
}

/** Under way; what can be done with it is folded. */
export const maintenance: MaintenanceScreen = {
  shell,
  maintenance: {
    ...upgrade,
    html: '<p>We move Billing to a newer database.</p>',
    publicUrl: 'https://status.northwind.example/maintenance/m4int3nance1',
    version: 4,
    next: ['verifying', 'completed'],
    byItself: true,
    notify: true,
    rrule: null,
  },
  steps: [
    {
      id: 'st3p00000002',
      step: 'started',
      at: at('14:00:01'),
      author: null,
      html: '<p>The work has begun.</p>',
      deliveryUrl: '/console/maintenance/m4int3nance1/deliveries/st3p00000002',
    },
    {
      id: 'st3p00000001',
      step: 'planned',
      at: '2026-11-08T10:00:00.000Z',
      author: 'Priya Nair',
      html: '<p>We move Billing to a newer database.</p>',
      deliveryUrl: null,
    },
  ],
  delivery: {
    ...board,
    url: '/console/maintenance/m4int3nance1/deliveries/st3p00000002',
    told: { step: 'started' },
    at: at('14:00:01'),
  },
  guarded: [],
  groups,
  forms: {
    posting: empty,
    extending: { values: { scheduled_until: '2026-11-12T15:00' }, errors: [] },
    changing: {
      values: {
        title: upgrade.title,
        body: 'We move Billing to a newer database.',
        scheduled_for: '2026-11-12T14:00',
        scheduled_until: '2026-11-12T15:00',
        'component:c0mp0nent004': 'on',
        by_itself: 'on',
        notify: 'on',
      },
      errors: [],
    },
    cancelling: empty,
  },
}

/** Each of its forms refused; a recurring one that is still to come. */
export const refusedMaintenance: MaintenanceScreen = {
  ...maintenance,
  maintenance: {
    ...maintenance.maintenance,
    ...tidying,
    rrule: 'FREQ=WEEKLY',
    next: ['in_progress'],
    byItself: false,
    notify: false,
  },
  forms: {
    posting: {
      values: { status: 'in_progress', body: '' },
      errors: [{ field: 'body', code: 'too_small', message: 'Write something here.' }],
    },
    extending: {
      values: { scheduled_until: '2026-11-12T14:00', body: 'It takes longer.' },
      errors: [{ field: 'scheduled_until', code: 'not_later', message: 'An extension ends later.' }],
    },
    changing: {
      values: { title: '', body: 'Kept.' },
      errors: [
        { field: 'title', code: 'too_small', message: 'Write something here.' },
        { field: 'components', code: 'unknown', message: 'There is no such component.' },
      ],
    },
    cancelling: {
      values: { body: '', whole_series: 'on' },
      errors: [{ field: '', code: 'stale', message: 'Somebody changed it.' }],
    },
  },
}

export const overMaintenance: MaintenanceScreen = {
  ...maintenance,
  maintenance: { ...maintenance.maintenance, status: 'completed', next: [], until: now },
  forms: null,
  groups: [],
}
