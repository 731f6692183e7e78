import type { ComponentRecord, IncidentSeen, MaintenanceSeen, MonthSeen, Snapshot } from '../domain/snapshot.ts'
import type { Single } from './documents.ts'
import type { RecordedChange } from './touched.ts'

/** Everything that the touched documents are made of, read at one instant. */
export interface TouchedFacts {
  changes: RecordedChange[]
  snapshot: Snapshot
  singles: ReadonlySet<Single>
  incidents: IncidentSeen[]
  maintenances: MaintenanceSeen[]
  components: ComponentRecord[]
  months: MonthSeen[]
  /** Incidents and maintenance that changed and that outsiders may not see; a target that shows one shows what is not public. */
  hidden: string[]
  /** Components that are shown no more. */
  gone: string[]
  /** Months that are before all history, since what began in them began later after all. */
  goneMonths: string[]
}
