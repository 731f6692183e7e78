import type { ComponentPage, HistoryEntry, HistoryPage } from '../../api/domain/pages.ts'
import { groupsOf } from './component-samples.ts'
import { at, northwind, stamp } from './pages.ts'

/** Northwind's past: months of its history, and the page of one of its components. */

const incident = (
  id: string,
  title: string,
  severity: 'SEV1' | 'SEV2' | 'SEV3' | 'SEV4',
  [from, to]: [string, string | null],
  components: string[],
): HistoryEntry => ({ kind: 'incident', id, title, severity, retracted: false, from, to, components })

const november: HistoryEntry[] = [
  {
    kind: 'maintenance',
    id: 'm4intenanc01',
    title: 'New disks for Storage EU',
    status: 'scheduled',
    from: at('02:00', '2026-11-19'),
    to: at('04:30', '2026-11-19'),
    components: ['Storage EU', 'Storage US'],
  },
  incident('k3f9a7c2m1qz', 'Sign-in fails for most customers', 'SEV1', [at('13:56'), null], ['Login', 'Dashboard']),
  {
    kind: 'maintenance',
    id: 'm4intenanc03',
    title: 'Weekly restart of the mail relays',
    status: 'completed',
    from: at('23:00', '2026-11-08'),
    to: at('00:30', '2026-11-09'),
    components: ['Email delivery'],
  },
  {
    kind: 'maintenance',
    id: 'm4intenanc04',
    title: 'Change of our name servers',
    status: 'cancelled',
    from: at('10:00', '2026-11-06'),
    to: at('11:00', '2026-11-06'),
    components: [],
  },
  incident(
    'w3bh00ks0001',
    'Webhook deliveries delayed by up to 6 minutes',
    'SEV3',
    [at('08:44', '2026-11-05'), at('09:32', '2026-11-05')],
    ['Webhooks'],
  ),
  {
    ...incident('f4lse0000001', 'Uploads fail', 'SEV2', [at('10:00', '2026-11-02'), at('10:20', '2026-11-02')], []),
    retracted: true,
  } as HistoryEntry,
]

const october: HistoryEntry[] = [
  incident(
    'w3bh00ks0002',
    'Webhooks not delivered',
    'SEV1',
    [at('23:15', '2026-10-11'), at('03:05', '2026-10-12')],
    ['Webhooks'],
  ),
  incident(
    'b1ll1ng00001',
    'Invoice PDFs delayed',
    'SEV4',
    [at('10:00', '2026-10-04'), at('10:25', '2026-10-04')],
    ['Billing'],
  ),
]

const MONTHS = ['2026-11', '2026-10', '2026-09', '2026-08', '2026-07', '2025-12', '2025-11']

/** `/history`: November, with an open incident, planned work and a false alarm. */
export const historyIndex: HistoryPage = {
  company: northwind,
  stamp,
  month: '2026-11',
  index: true,
  entries: november,
  months: MONTHS,
}
export const historyMonth: HistoryPage = { ...historyIndex, month: '2026-10', index: false, entries: october }
/** A month in which nothing was wrong. */
export const historyQuiet: HistoryPage = { ...historyMonth, month: '2026-09', entries: [] }
/** The index on the first day of a new page. */
export const historyFirst: HistoryPage = { ...historyIndex, entries: [], months: ['2026-11'] }

const [signInGroup, api, storage] = groupsOf(false)

/** A component in trouble, with a past. */
export const componentTroubled: ComponentPage = {
  company: northwind,
  stamp,
  component: { ...signInGroup!.components[0]!, description: 'Passwords, single sign-on and API keys' },
  group: signInGroup!.name,
  startDate: null,
  entries: [november[1]!],
}
/** One that works, with two incidents behind it. */
export const componentSound: ComponentPage = {
  ...componentTroubled,
  component: api!.components[1]!,
  group: api!.name,
  entries: [november[4]!, october[0]!],
}
/** One that is eight weeks old, in no group, and about to be worked on. */
export const componentYoung: ComponentPage = {
  ...componentTroubled,
  component: storage!.components[1]!,
  group: null,
  startDate: '2026-09-18',
  entries: [november[0]!],
}
