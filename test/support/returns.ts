import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { returnAddress } from '../../api/domain/report.ts'

export const BOUNCE_DOMAIN = 'bounce.northwind.example'

/** Nothing is known of how a mail came. */
export const NO_ENVELOPE = { recipients: [], sender: null }

/** A mail that came back, as a server somewhere writes it, about this delivery. */
export const returnedMail = (sample: string, deliveryId: string): string =>
  readFileSync(join(import.meta.dirname, '../samples/returns', `${sample}.eml`), 'utf8')
    .replaceAll('MESSAGE_ID', `${deliveryId}@northwind.example`)
    .replaceAll('RETURN', returnAddress(deliveryId, BOUNCE_DOMAIN))
    .replaceAll('\n', '\r\n')
