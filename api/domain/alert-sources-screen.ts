import type { AlertSourceKind } from './draft.ts'
import type { Form, Shell } from './screen-parts.ts'

/** What the console's screen of alert sources is handed. Conventions as in `screens.ts`. */

export interface AlertSourceRow {
  id: string
  kind: AlertSourceKind
  name: string
  /** The first characters of its key, so that people can tell keys apart. */
  prefix: string
  /** What it posts has to be signed. */
  signed: boolean
  madeAt: string
  revokedAt: string | null
}

export interface AlertSourcesScreen {
  shell: Shell
  sources: AlertSourceRow[]
  moreUrl: string | null
  /** kind, name, secret, and `mapping.<field>` for a generic source. */
  making: Form
  /** What has just been made: shown once. */
  made: { name: string; key: string; url: string } | null
}
