import type { IncidentMetrics } from './metrics.ts'
import type { Form, Shell } from './screen-parts.ts'

/** What the console's screen of figures is handed; lengths are milliseconds. Conventions as in `screens.ts`. */
export interface MetricsScreen {
  shell: Shell
  /** since, until (days, the last one included), severity. */
  asked: Form
  /** Null where what was asked for is refused. */
  measured: { since: string; until: string; metrics: IncidentMetrics } | null
}
