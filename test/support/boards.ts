import type { BoardScreen, DeliveryBoard } from '../../api/domain/board.ts'
import { channelCounts, type DeliveryCounts } from '../../api/domain/delivery-counts.ts'
import { nothingResent } from '../../api/domain/resend.ts'
import type { Shell } from '../../api/domain/screen-parts.ts'

/** Delivery boards of Northwind Cloud's evening, made by hand. */

const at = (clock: string): string => `2026-11-12T${clock}.000Z`
const counts: DeliveryCounts = {
  email: { queued: 61, accepted: 12322, failed: 16, bounced: 2, superseded: 40 },
  sms: { queued: 22, delivered: 1907, failed: 3 },
  webhook: { accepted: 214 },
}

/** The third update of the SEV1, most of it out. */
export const board: DeliveryBoard = {
  url: '/console/incidents/k3f9a7c2m1qz/deliveries/upd4te000003',
  told: { update: 3 },
  at: at('14:30:02'),
  channels: channelCounts(counts),
  counts,
  writing: false,
  guard: 'passed',
  smsBy: at('14:38:02'),
  resending: { retried: 21, skipped: { suppressed: 3, superseded: 40, expired: 0, unknown: 0 } },
  targets: [
    { name: 'site', state: 'in_place', at: at('14:30:03') },
    { name: '/mnt/elsewhere', state: 'in_place', at: at('14:30:04') },
  ],
  mayRetry: true,
}

/** Everything failed, the page too. */
const darkCounts: DeliveryCounts = { email: { failed: 12401 } }
export const darkBoard: DeliveryBoard = {
  ...board,
  channels: channelCounts(darkCounts),
  counts: darkCounts,
  smsBy: null,
  resending: { ...nothingResent(), retried: 12401 },
  targets: [{ name: 'site', state: 'failed', at: at('14:15:09') }],
}

export const boardScreen = (shell: Shell): BoardScreen => ({
  shell,
  room: { title: 'Sign-in fails for most customers', url: '/console/incidents/k3f9a7c2m1qz' },
  board,
  reasons: [
    { channel: 'email', reason: 'our_mail_refused', codes: ['550 5.7.515'], count: 14 },
    { channel: 'email', reason: 'mailbox_full', codes: ['552', '552 5.2.2'], count: 4 },
    { channel: 'sms', reason: 'unreachable', codes: ['30003'], count: 3 },
  ],
  failures: [
    {
      id: 'd3l1very0001',
      channel: 'email',
      address: 'j***@example.com',
      state: 'failed',
      reason: 'our_mail_refused',
      code: '550 5.7.515',
      attempts: 1,
    },
    {
      id: 'd3l1very0002',
      channel: 'sms',
      address: '+*********23',
      state: 'failed',
      reason: 'unreachable',
      code: '30003',
      attempts: 4,
    },
  ],
  moreUrl: '/console/incidents/k3f9a7c2m1qz/deliveries/upd4te000003?cursor=abc',
})
