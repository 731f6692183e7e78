import type { AudiencesScreen, LinkRow } from '../../api/domain/audiences-screen.ts'
import { empty, shell } from './room.ts'

/** Private audiences of Northwind Cloud and who holds their links, made by hand. */

const link: LinkRow = {
  id: 'l1nk00000001',
  name: 'Support desk of Contoso Logistics and everybody who stands in for them at night',
  madeAt: '2026-10-01T09:00:00.000Z',
  expiresAt: '2027-10-01T09:00:00.000Z',
  revokedAt: null,
  lastUsedAt: '2026-11-12T13:59:00.000Z',
  live: true,
  readers: 12,
}

export const contoso = { id: 'aud1ence0001', name: 'Contoso Logistics' }

export const audiences: AudiencesScreen = {
  shell: { ...shell, notice: 'link_revoked' },
  audiences: [
    {
      ...contoso,
      slug: 'contoso',
      components: ['Contoso relay', 'Storage EU'],
      links: [
        link,
        { ...link, id: 'l1nk00000002', name: 'Old desk', lastUsedAt: null, live: false, revokedAt: link.lastUsedAt },
        { ...link, id: 'l1nk00000003', name: 'Audit', expiresAt: '2026-11-01T09:00:00.000Z', live: false, readers: 1 },
      ],
    },
    { id: 'aud1ence0002', slug: 'nordics', name: 'Nordics', components: [], links: [] },
  ],
  staffLinks: [{ ...link, id: 'l1nk00000004', name: 'Sales', readers: 0 }],
  adding: empty,
  making: null,
  kept: null,
  made: { name: 'Audit', url: `https://sitrep.northwind.example/private/contoso?token=${'a1B2-'.repeat(8)}xyz` },
}

export const refusedAudiences: AudiencesScreen = {
  ...audiences,
  shell,
  made: null,
  kept: { id: contoso.id, because: 'Contoso relay is shown to Contoso Logistics alone. Show it to others before.' },
  adding: {
    values: { name: 'Contoso', slug: 'Contoso Logistics' },
    errors: [{ field: 'slug', code: 'invalid_format', message: 'Use small letters, digits and single hyphens.' }],
  },
  making: {
    to: 'aud1ence0002',
    form: {
      values: { name: 'Desk', expires_at: '2026-01-01T00:00' },
      errors: [{ field: 'expires_at', code: 'in_the_past', message: 'Choose a time that is still to come.' }],
    },
  },
}

export const noAudiences: AudiencesScreen = { ...audiences, shell, audiences: [], staffLinks: [], made: null }
