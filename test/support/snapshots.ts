import {
  type ComponentSeen,
  type CorrectionSeen,
  type GroupSeen,
  type IncidentSeen,
  type MaintenanceSeen,
  type MaintenanceUpdateSeen,
  NOBODY_YET,
  type Snapshot,
  type SpanSeen,
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
  corrections: [],
  noChange: false,
  notify: true,
  affected: [],
  publishedAt: at('14:04'),
  answeredDueAt: null,
  promiseKept: null,
  retractionReason: null,
  mergedInto: null,
  ...own,
})

export const correctionSeen = (own: Partial<CorrectionSeen> = {}): CorrectionSeen => ({
  id: 'cor000000001',
  body: 'Sign-in fails.',
  previousBody: 'Sign-out fails.',
  reason: 'We wrote out for in.',
  notify: true,
  createdAt: at('14:10'),
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
  notices: [],
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
  spans: [],
  ...own,
})

/** A span between two RFC 3339 times; open without the second. */
export const span = (status: SpanSeen['status'], from: string, to: string | null = null): SpanSeen => ({
  status,
  startedAt: new Date(from),
  endedAt: to === null ? null : new Date(to),
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

export const maintenanceUpdateSeen = (own: Partial<MaintenanceUpdateSeen> = {}): MaintenanceUpdateSeen => ({
  id: 'mup000000001',
  seq: 1,
  step: 'planned',
  status: 'scheduled',
  body: 'We move the database to new disks.',
  notify: true,
  publishedAt: at('10:00'),
  ...own,
})

/** Planned for two hours of the night that follows. */
export const maintenanceSeen = (own: Partial<MaintenanceSeen> = {}): MaintenanceSeen => ({
  id: 'mnt000000001',
  title: 'New disks for the database',
  body: 'We move the database to new disks.',
  status: 'scheduled',
  scheduledFor: at('22:00'),
  scheduledUntil: at('23:59'),
  startedAt: null,
  endedAt: null,
  recurs: false,
  sequence: 0,
  createdAt: at('10:00'),
  changed: { revision: 4, at: at('10:00') },
  componentIds: [],
  updates: [maintenanceUpdateSeen()],
  ...own,
})

export const snapshotOf = (own: Partial<Snapshot> = {}): Snapshot => ({
  last: { revision: 7, at: at('14:04') },
  lastOf: {
    incident: { revision: 7, at: at('14:04') },
    maintenance: { revision: 1, at: at('08:00') },
    components: { revision: 3, at: at('09:00') },
    names: { revision: 3, at: at('09:00') },
    organisation: { revision: 1, at: at('08:00') },
    day: { revision: 2, at: at('00:00') },
    moved: { revision: 1, at: at('08:00') },
  },
  began: at('08:00'),
  organisation: { ...NOBODY_YET, name: 'Northwind Cloud', shortName: 'Northwind', pageId: 'northwind000' },
  groups: [],
  components: [],
  open: [],
  recent: [],
  newest: [],
  maintenances: [],
  recentMaintenances: [],
  newestMaintenances: [],
  cancelledMaintenances: [],
  ...own,
})
