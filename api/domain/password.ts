import { z } from 'zod'

/** A password: 10 to 128 characters, any of them; length is what counts (ASVS 6.2). */
export const password = z
  .string()
  .min(10, { error: 'Use at least 10 characters.' })
  .max(128, { error: 'Use at most 128 characters.' })
