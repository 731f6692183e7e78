import {
  type ComponentSeen,
  type GroupSeen,
  type IncidentSeen,
  NOBODY_YET,
  type Snapshot,
  type UpdateSeen,
} from '../../api/domain/snapshot.ts'

/** What outsiders may see, made by hand for tests of pure functions. All times lie on Thu 12 Nov 2026. */
export const at = (time: string): Date => new Date(`2026-11-12T${time}:00.000Z`)

export const ADDRESS = { publicUrl: 'https://status.example.com', apiUrl: 'https://console.example.com' }

export const updateSeen = (own: Partial<UpdateSeen> = {}): UpdateSeen => ({
  id: 'u00000000001',
  seq: 1,
  status: 'investigating',
  severity: 'SEV1',
  headline: 'Sign-in fails.',
  body: 'Sign-in fails.',
  noChange: false,
  notify: true,
  affected: [],
  publishedAt: at('14:04'),
  answeredDueAt: null,
  promiseKept: null,
  ...own,
})

export const incidentSeen = (own: Partial<IncidentSeen> = {}): IncidentSeen => ({
  id: 'inc000000001',
  title: 'Sign-in fails for most customers',
  severity: 'SEV1',
  status: 'investigating',
  retracted: false,
  startedAt: at('13:56'),
  resolvedAt: null,
  nextUpdateDueAt: at('14:19'),
  late: false,
  teamAlerted: false,
  createdAt: at('14:00'),
  changed: { revision: 7, at: at('14:04') },
  components: [],
  updates: [updateSeen()],
  ...own,
})

export const componentSeen = (own: Partial<ComponentSeen> = {}): ComponentSeen => ({
  id: 'cmp000000001',
  name: 'Login',
  description: null,
  groupId: null,
  position: 1,
  status: 'operational',
  startDate: null,
  onlyShowIfDegraded: false,
  createdAt: at('08:00'),
  updatedAt: at('08:00'),
  ...own,
})

export const groupSeen = (own: Partial<GroupSeen> = {}): GroupSeen => ({
  id: 'grp000000001',
  name: 'Sign-in and console',
  description: null,
  position: 1,
  createdAt: at('08:00'),
  updatedAt: at('08:00'),
  ...own,
})

export const snapshotOf = (own: Partial<Snapshot> = {}): Snapshot => ({
  last: { revision: 7, at: at('14:04') },
  lastOf: {
    incident: { revision: 7, at: at('14:04') },
    components: { revision: 3, at: at('09:00') },
    organisation: { revision: 1, at: at('08:00') },
  },
  organisation: { ...NOBODY_YET, name: 'Northwind Cloud', shortName: 'Northwind', pageId: 'northwind000' },
  groups: [],
  components: [],
  open: [],
  recent: [],
  newest: [],
  ...own,
})
