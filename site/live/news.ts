import type { LivePage, LiveWords, StatusFile } from './data.ts'
import { one } from './dom.ts'

function show(title: string, icon: string): void {
  document.title = title
  one<HTMLLinkElement>('link[rel=icon]').href = icon
}

/** Puts the state of everything into the tab; answers its word when it is another one than before. */
function showState(page: LivePage, { components, maintenances, incidents: [worst, ...others] }: StatusFile): string {
  const open = worst ? [worst, ...others] : []
  const names = [
    ...[...components, ...maintenances].map((each) => each.status),
    ...open.map((incident) => incident.severity),
  ]
  const held = page.states.map(({ names: own }, rank) => (own.some((name) => names.includes(name)) ? rank : 0))
  const rank = Math.max(...held)
  const state = page.states[rank]!
  show(worst ? state.title.replace('{}', () => worst.title) : state.calm, state.icon)
  const changed = rank !== page.state
  page.state = rank
  return changed ? state.word : ''
}

/** What the file says that the page does not, each thing once; empty when nothing. `say` writes a time. */
export function newsIn(status: StatusFile, page: LivePage, words: LiveWords, say: (iso: string) => string): string {
  const own = [...status.incidents, ...status.recent_incidents].filter(({ id }) => !page.over || id === page.over.id)
  const [at, said] = own
    .flatMap((incident) => incident.updates)
    .map(({ published_at, corrected_at }): [string, string] =>
      corrected_at ? [corrected_at, words.corrected] : [published_at, words.update],
    )
    .sort()
    .pop() || ['', '']
  const state = page.over ? '' : showState(page, status)
  if (page.over && own[0] && own[0].status === 'resolved') show(page.over.title, page.over.icon)
  if (at) page.spoke = at
  if (at > page.newest) {
    page.newest = at
    return said.replace('{time}', say(at))
  }
  return state && words.state.replace('{state}', state)
}
