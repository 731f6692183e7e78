import { type Change, type ComponentRecord, newerChange, type Snapshot } from '../../domain/snapshot.ts'

/** The newest change that feeds tell of: of an incident, of maintenance, or of whose page it is. */
export const changeOfFeeds = ({ lastOf }: Pick<Snapshot, 'lastOf'>): Change =>
  [lastOf.maintenance, lastOf.organisation].reduce(newerChange, lastOf.incident)

/** The newest change that a component's feeds tell of. */
export const changeOfComponentFeed = ({ changed }: ComponentRecord, { lastOf }: Pick<Snapshot, 'lastOf'>): Change =>
  newerChange(changed, lastOf.organisation)
