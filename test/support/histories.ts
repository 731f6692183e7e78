/** An update of a made-up history, on its day. */
export interface ToldAt {
  time: string
  status: string
  chars: number
}

/** What was said at a time of day. */
export const told = (time: string, status: string, chars = 60): ToldAt => ({ time, status, chars })

interface Given {
  id?: string
  impact?: string
  at?: string
  components?: string[]
  resolved_at?: string | null
  updates?: ToldAt[]
}

/** One line of a file of histories: a SEV3 of half an hour, unless told otherwise. */
export function history({
  id = 'a',
  impact = 'minor',
  at = '2026-03-02',
  components = ['Login'],
  ...given
}: Given = {}) {
  const updates = given.updates ?? [told('10:00', 'investigating'), told('10:30', 'resolved')]
  const times = updates.map(({ time }) => `${at}T${time}:00Z`)
  return {
    id,
    impact,
    components,
    started_at: times[0],
    resolved_at: given.resolved_at === undefined ? times.at(-1) : given.resolved_at,
    updates: updates.map(({ status, chars }, index) => ({ at: times[index], status, chars })),
  }
}
