import type { Role } from '../../../api/domain/role.ts'
import words from '../../messages/console.json' with { type: 'json' }

/** The roles of staff in the order in which they are offered. */
export const ROLE_ORDER = Object.keys(words.role) as Role[]
