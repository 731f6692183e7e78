import type { z } from 'zod'
import type { postBriefingInput } from '../../api/actions/briefing-fields.ts'

/** The contract's example, as a program sends it. */
export const BRIEFING = {
  headline: 'Most customers cannot sign in; the EU is back, the US follows.',
  situation: 'The session store refuses writes since a change at 13:50. A roll-back runs, cell by cell.',
  customer_impact: '6,000 of 8,400 accounts cannot sign in',
  customers_affected: 6000,
  business_impact: 'Service credits of about €41,000 if claimed',
  support_load: '212 tickets in the last half hour',
  actions: [{ what: 'Roll back the session-store change', owner: 'Priya Nair' }],
  eta: '2026-11-12T14:55:00.000Z',
  confidence: 'high',
} as const satisfies z.input<typeof postBriefingInput>
