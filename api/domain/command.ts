import { HOUR } from './duration.ts'
import { covers, type Role } from './role.ts'

/** The roles that may take an incident over (contract section 3: a commander "takes command"). */
export const mayCommand = (role: Role): boolean => covers(role, 'commander')

/** Command is handed over about every hour, and nobody keeps it for longer than three (standards C17). */
export const HAND_OVER_AFTER = HOUR
export const COMMAND_AT_MOST = 3 * HOUR

/** How it stands with a command: `fresh`, `long` from an hour on, `too_long` from three. */
export type CommandAge = 'fresh' | 'long' | 'too_long'

export function commandAge(since: Date, now: Date): CommandAge {
  const age = now.getTime() - since.getTime()
  if (age >= COMMAND_AT_MOST) return 'too_long'
  return age >= HAND_OVER_AFTER ? 'long' : 'fresh'
}
