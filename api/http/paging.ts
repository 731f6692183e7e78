import { z } from 'zod'
import { refuseField } from '../domain/refusal.ts'

/** What every list takes: 50 rows unless asked, at most 200, and where to go on. */
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional(),
})

/** Writes where a list goes on, opaque to callers. */
export const cursorOf = (position: readonly string[]): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url')

/** What a cursor may be made of. */
const PARTS = {
  id: z.string().regex(/^[a-z0-9]{12}$/),
  number: z.string().regex(/^\d{1,9}$/),
  // What we wrote ourselves; a database knows no year nought.
  time: z.iso.datetime({ precision: 3 }).refine((text) => text >= '0001'),
  file: z.string().regex(/^[\w.-]{1,60}$/),
}

/** Reads a cursor of ours, made of these parts; refuses anything else. */
export function positionOf(cursor: string | undefined, parts: readonly (keyof typeof PARTS)[]): string[] | undefined {
  if (cursor === undefined) return undefined
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    const fits = (part: unknown, at: number) => PARTS[parts[at]!].safeParse(part).success
    if (Array.isArray(position) && position.length === parts.length && position.every(fits)) return position
  } catch {
    // Not one of ours: refused below.
  }
  throw refuseField('cursor', 'invalid', 'Use the next_cursor of the page before.')
}

/** The contract's list: rows, and the cursor of the next page when the page is full. */
export const pageOf = <Row>(rows: readonly Row[], limit: number, position: (row: Row) => string[]) => ({
  data: rows.slice(0, limit),
  next_cursor: rows.length > limit ? cursorOf(position(rows[limit - 1]!)) : null,
})

/** The schema of a list's answer. */
export const listOf = <T extends z.ZodType>(row: T) =>
  z.strictObject({ data: z.array(row), next_cursor: z.string().nullable() })
