import type { History } from './history.ts'

/** What the play knows so far: what stands under which id, and the words for what comes. */
export interface Told {
  /** Component ids, by name. */
  components: ReadonlyMap<string, string>
  /** Ids of the incidents and maintenances told so far, by the history's own. */
  ids: Map<string, string>
  /** The words of one update. */
  words(history: History, index: number): string
  title(history: History): string
}
