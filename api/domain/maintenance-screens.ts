import type { GuardedMessage } from './blast-guard.ts'
import type { DeliveryBoard } from './board.ts'
import type { MaintenanceStatus, MaintenanceStep } from './maintenance.ts'
import type { ChoiceGroup, Form, Shell } from './screen-parts.ts'

/** Planned work in the console: what its screens are handed. Conventions as in `screens.ts`. */

export interface MaintenanceRow {
  id: string
  title: string
  status: MaintenanceStatus
  from: string
  until: string
  components: string[]
  recurs: boolean
}

export interface MaintenancesScreen {
  shell: Shell
  /** Begun and not over, nearest end first. */
  running: MaintenanceRow[]
  /** Nearest start first. */
  upcoming: MaintenanceRow[]
  /** Latest start first. */
  past: MaintenanceRow[]
}

export interface PlanMaintenanceScreen {
  shell: Shell
  /** title, body, from and until (`YYYY-MM-DDTHH:MM`, UTC), repeats, rrule, `component:<id>`, `reminder:<when>`, by_itself, notify, once. */
  form: Form
  groups: ChoiceGroup[]
}

export interface ToldStep {
  id: string
  step: MaintenanceStep
  at: string
  /** Null: the clock did it. */
  author: string | null
  /** Sanitised HTML of the body. */
  html: string
  /** The board of its delivery; null where nobody was to be told. */
  deliveryUrl: string | null
}

/** The forms of a maintenance; each is filled with how things stand, or with what was typed and refused. */
export const MAINTENANCE_FORMS = ['posting', 'extending', 'changing', 'cancelling'] as const
export type MaintenanceForm = (typeof MAINTENANCE_FORMS)[number]

export interface MaintenanceScreen {
  shell: Shell
  maintenance: MaintenanceRow & {
    /** Sanitised HTML of what was announced. */
    html: string
    publicUrl: string
    /** Goes back with every form. */
    version: number
    /** The statuses that it may be moved to by hand. */
    next: Exclude<MaintenanceStatus, 'scheduled' | 'cancelled'>[]
    byItself: boolean
    notify: boolean
    rrule: string | null
  }
  /** Newest first. */
  steps: ToldStep[]
  /** Of the newest step that was told to anybody. */
  delivery: DeliveryBoard | null
  /** Messages that wait for a second confirmation. */
  guarded: GuardedMessage[]
  groups: ChoiceGroup[]
  /** Null once it is over, or when the viewer may not speak. */
  forms: Record<MaintenanceForm, Form> | null
}
