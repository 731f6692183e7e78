/** The tables, by noun. Checks, uniques and partial indexes make wrong rows impossible; triggers stand in migrations. */

export * from './schema/cadence.ts'
export * from './schema/components.ts'
export * from './schema/deliveries.ts'
export * from './schema/drafts.ts'
export * from './schema/incidents.ts'
export * from './schema/maintenances.ts'
export * from './schema/pauses.ts'
export * from './schema/people.ts'
export * from './schema/publishing.ts'
export * from './schema/records.ts'
export * from './schema/replies.ts'
export * from './schema/subscribers.ts'
