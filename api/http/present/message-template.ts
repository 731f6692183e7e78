import { z } from 'zod'
import { blanksOf, type KeptTemplate, templateFields } from '../../domain/message-template.ts'
import { timeOrNull } from './time.ts'

const { key, audience, name, moment, severity, status, headline, body } = templateFields

/** Ready words as the API answers them. */
export const templateAnswer = z.strictObject({
  id: z.string(),
  key,
  audience,
  name,
  moment,
  severity,
  status,
  headline,
  body,
  blanks: z.array(z.string()).describe('What a person has to fill in before these words can go out'),
  origin: z
    .enum(['shipped', 'changed', 'own'])
    .describe('shipped: as Sitrep came; changed: shipped, with other words; own: written here'),
  created_at: z.iso.datetime().nullable(),
  updated_at: z.iso.datetime().nullable(),
})

export const templateJson = (template: KeptTemplate): z.infer<typeof templateAnswer> => {
  const { createdAt, updatedAt, ...words } = template
  return { ...words, blanks: blanksOf(template), created_at: timeOrNull(createdAt), updated_at: timeOrNull(updatedAt) }
}
