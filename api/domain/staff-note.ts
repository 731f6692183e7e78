/** What support and sales are told: what to know, what to answer a customer, what helps meanwhile. */
export const STAFF_NOTE_KINDS = ['note', 'answer', 'workaround'] as const
export type StaffNoteKind = (typeof STAFF_NOTE_KINDS)[number]
