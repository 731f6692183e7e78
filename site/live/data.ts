/** What a page tells its script; made by `site/live.ts`, read in the reader's browser. */
export interface LiveData {
  /** The first writes dates; the first that has a name for the reader's zone writes the reader's own time. */
  locales: string[]
  /** On pages that show a state that is changing now. */
  page?: LivePage
  words?: LiveWords
}

export interface LivePage {
  /** When the newest thing happened that the page knows of; what is newer in `/status.json` is news. */
  newest: string
  /** When we last said anything; empty when never. */
  spoke: string
  /** Which of `states` the page shows. */
  state: number
  /** Every state that the home page may come to show, from best to worst; none on an incident's page. */
  states: LiveState[]
  /** The page is one open incident's: what its tab shows once that is over. */
  over?: { id: string; title: string; icon: string }
}

export interface LiveState {
  /** The states of components and of planned work and the severities that amount to it. */
  names: string[]
  word: string
  icon: string
  /** Title of the page with `{}` for the worst incident's title. */
  title: string
  /** Title of the page when no incident is open. */
  calm: string
}

/** One text for each plural form. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }

export interface LiveWords {
  update: string
  corrected: string
  state: string
  dead: string
  show: string
  /** What the page is doing, and the button that changes it: while it looks for news, and while it does not. */
  looking: [string, string]
  paused: [string, string]
  minutes: Forms
  hours: Forms
  ahead: string
  late: string
}

/** What a broken promise says: the words before its time, after it, and the text below. */
export type LateWords = [before: string, after: string, text: string]

/** The part of `/status.json` that the script reads. */
export interface StatusFile {
  components: { status: string }[]
  /** What runs and is to come; it counts though it names no component. */
  maintenances: { status: string }[]
  incidents: IncidentEntry[]
  recent_incidents: IncidentEntry[]
}

interface IncidentEntry {
  id: string
  title: string
  severity: string
  status: string
  updates: { published_at: string; corrected_at: string | null }[]
}

export interface Heartbeat {
  as_of: string
}
