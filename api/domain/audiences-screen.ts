import type { Form, Shell } from './screen-parts.ts'

/** What the screen of private audiences and of links to pages is handed. Conventions as in `screens.ts`. */

/** A link to a page that whoever holds it may read. */
export interface LinkRow {
  id: string
  /** The team or customer that was given it. */
  name: string
  madeAt: string
  expiresAt: string
  revokedAt: string | null
  lastUsedAt: string | null
  /** It opens the page at this moment. */
  live: boolean
  /** How many hear private news by it. */
  readers: number
}

export interface AudienceRow {
  id: string
  slug: string
  name: string
  /** What they see and not everybody does, in page order. */
  components: string[]
  /** Newest first. */
  links: LinkRow[]
}

export interface AudiencesScreen {
  shell: Shell
  audiences: AudienceRow[]
  /** Links to the page of support and sales, newest first. */
  staffLinks: LinkRow[]
  /** name, slug. */
  adding: Form
  /** A link that was refused: name, expires_at (`YYYY-MM-DDTHH:MM`, UTC); `to` is an audience's id, or `staff`. */
  making: { to: string; form: Form } | null
  /** The link that has just been made: shown once. */
  made: { name: string; url: string } | null
  /** The audience that could not be archived, and why. */
  kept: { id: string; because: string } | null
}
