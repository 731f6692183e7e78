import type {
  MaintenanceListPage,
  MaintenancePage,
  MaintenanceUpdateView,
  MaintenanceView,
} from '../../api/domain/pages.ts'
import { at, northwind, stamp } from './pages.ts'

/** Northwind's planned work in every state, and the public pages that show it. */

type Told = Pick<MaintenanceUpdateView, 'seq' | 'step' | 'status' | 'at' | 'html'>
const told = (update: Told): MaintenanceUpdateView => ({ id: `m4t0ld00000${update.seq}`, ...update })

const planned = told({
  seq: 1,
  step: 'planned',
  status: 'scheduled',
  at: at('09:00', '2026-11-02'),
  html: '<p>We move the storage of the EU to new disks. Uploads may wait for up to a minute.</p>',
})
const moved = told({
  seq: 2,
  step: 'moved',
  status: 'scheduled',
  at: at('09:00', '2026-11-09'),
  html: '<p>The work begins two hours later than we said.</p>',
})
const started = told({
  seq: 3,
  step: 'started',
  status: 'in_progress',
  at: at('14:00'),
  html: '<p>The work has begun.</p>',
})

/** Announced for next week. */
export const maintenanceComing: MaintenanceView = {
  id: 'm4intenanc01',
  title: 'New disks for Storage EU',
  status: 'scheduled',
  scheduledFor: at('02:00', '2026-11-19'),
  scheduledUntil: at('04:30', '2026-11-19'),
  startedAt: null,
  endedAt: null,
  recurs: false,
  html: planned.html,
  affected: ['Storage EU', 'Storage US'],
  updates: [moved, planned],
}

/** Under way since 14:00 UTC; one of a series. */
export const maintenanceRunning: MaintenanceView = {
  ...maintenanceComing,
  id: 'm4intenanc02',
  status: 'in_progress',
  scheduledFor: at('14:00'),
  scheduledUntil: at('16:00'),
  startedAt: at('14:00'),
  recurs: true,
  affected: ['Storage EU'],
  updates: [started, moved, planned],
}

/** Over, half an hour before its time; across midnight. */
export const maintenanceDone: MaintenanceView = {
  ...maintenanceComing,
  id: 'm4intenanc03',
  title: 'Weekly restart of the mail relays',
  status: 'completed',
  scheduledFor: at('23:00', '2026-11-08'),
  scheduledUntil: at('01:00', '2026-11-09'),
  startedAt: at('23:00', '2026-11-08'),
  endedAt: at('00:30', '2026-11-09'),
  affected: ['Email delivery'],
  updates: [
    told({
      seq: 4,
      step: 'completed',
      status: 'completed',
      at: at('00:30', '2026-11-09'),
      html: '<p>All relays are back.</p>',
    }),
    planned,
  ],
}

/** Called off before it began; it named no component. */
export const maintenanceOff: MaintenanceView = {
  ...maintenanceComing,
  id: 'm4intenanc04',
  title: 'Change of our name servers',
  status: 'cancelled',
  scheduledFor: at('10:00', '2026-11-06'),
  scheduledUntil: at('11:00', '2026-11-06'),
  endedAt: at('08:15', '2026-11-05'),
  affected: [],
  updates: [
    told({
      seq: 3,
      step: 'cancelled',
      status: 'cancelled',
      at: at('08:15', '2026-11-05'),
      html: '<p>We do not do it this week.</p>',
    }),
    planned,
  ],
}

const pageOf = (maintenance: MaintenanceView): MaintenancePage => ({ company: northwind, stamp, maintenance })

export const maintenanceScheduledPage = pageOf(maintenanceComing)
export const maintenanceRunningPage = pageOf(maintenanceRunning)
export const maintenanceDonePage = pageOf(maintenanceDone)
export const maintenanceOffPage = pageOf(maintenanceOff)

export const maintenanceList: MaintenanceListPage = {
  company: northwind,
  stamp,
  running: [maintenanceRunning],
  upcoming: [maintenanceComing],
  past: [maintenanceDone, maintenanceOff],
}
export const maintenanceListEmpty: MaintenanceListPage = { ...maintenanceList, running: [], upcoming: [], past: [] }
