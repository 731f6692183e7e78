import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { DELIVERY_STATES } from '../../api/domain/attempt.ts'
import { failureCounts, progressOf, smsForecast, smsWaiting } from '../../api/domain/board.ts'
import { channelCounts } from '../../api/domain/delivery-counts.ts'
import { FAILURE_REASONS, failureReason } from '../../api/domain/failure-reason.ts'
import { SKIPPED } from '../../api/domain/resend.ts'

const words = JSON.parse(readFileSync(join(import.meta.dirname, '../../site/messages/console.json'), 'utf8'))

describe('why a message did not arrive', () => {
  const failed = { state: 'failed' as const, enhancedCode: null }

  it.each([
    ['550', '5.1.1', 'bad_address'],
    ['550', '5.7.515', 'our_mail_refused'],
    ['450', '4.7.1', 'our_mail_refused'],
    ['552', '5.2.2', 'mailbox_full'],
    ['452', '4.2.2', 'mailbox_full'],
    ['552', null, 'mailbox_full'],
    ['554', null, 'refused'],
    [null, '5.3.4', 'refused'],
    ['ECONNECTION', null, 'no_answer'],
    [null, null, 'unexplained'],
  ] as const)('is read from mail code %s %s as %s', (code, enhancedCode, reason) => {
    expect(failureReason({ ...failed, channel: 'email', code, enhancedCode })).toBe(reason)
  })

  it.each([
    ['21211', 'bad_number'],
    ['30007', 'blocked'],
    ['21610', 'blocked'],
    ['21408', 'country'],
    ['30003', 'unreachable'],
    ['63038', 'our_sms_refused'],
    ['99999', 'unexplained'],
    [null, 'unexplained'],
  ] as const)('is read from SMS code %s as %s', (code, reason) => {
    expect(failureReason({ ...failed, channel: 'sms', code })).toBe(reason)
  })

  it.each([
    ['410', 'endpoint_refused'],
    ['ECONNREFUSED', 'no_answer'],
    [null, 'unexplained'],
  ] as const)('is read from an endpoint that answered %s as %s', (code, reason) => {
    expect(failureReason({ ...failed, channel: 'webhook', code })).toBe(reason)
  })

  it('is that its time was over, whatever a carrier had said before', () => {
    expect(failureReason({ channel: 'email', state: 'expired', code: '450', enhancedCode: '4.2.2' })).toBe('too_late')
  })

  it('has its words, as has every state and everything that is left alone', () => {
    expect(Object.keys(words.why).toSorted()).toEqual([...FAILURE_REASONS].toSorted())
    expect(Object.keys(words.state).toSorted()).toEqual([...DELIVERY_STATES].toSorted())
    expect(Object.keys(words.skipped).toSorted()).toEqual([...SKIPPED].toSorted())
  })
})

test('failures are counted by what they mean, the most frequent first', () => {
  const mail = { channel: 'email' as const, state: 'failed' as const }
  expect(
    failureCounts([
      { ...mail, code: '552', enhancedCode: null, count: 2 },
      { ...mail, code: '550', enhancedCode: '5.1.1', count: 3 },
      { ...mail, code: '552', enhancedCode: '5.2.2', count: 4 },
      { channel: 'sms', state: 'failed', code: '21211', enhancedCode: null, count: 1 },
    ]),
  ).toEqual([
    { channel: 'email', reason: 'mailbox_full', codes: ['552', '552 5.2.2'], count: 6 },
    { channel: 'email', reason: 'bad_address', codes: ['550 5.1.1'], count: 3 },
    { channel: 'sms', reason: 'bad_number', codes: ['21211'], count: 1 },
  ])
})

test('progress counts who was to be told; who left or got newer words is not waited for', () => {
  const counts = {
    email: { accepted: 5, delivered: 1, queued: 2, failed: 1, superseded: 7, suppressed: 3 },
    sms: { sending: 1, unknown: 1, expired: 1 },
  }
  expect(progressOf({ channels: channelCounts(counts) })).toEqual({ people: 12, accepted: 6, waiting: 4, failed: 2 })
  expect(smsWaiting(counts)).toBe(2)
})

test('the forecast for SMS takes each for two segments at the rate that is set', () => {
  expect(smsForecast(970, 1)).toBe(1_940_000)
  expect(smsForecast(3, 0.5)).toBe(12_000)
  expect(smsForecast(1, 100)).toBe(20)
})
