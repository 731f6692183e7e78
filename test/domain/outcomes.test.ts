import { describe, expect, it } from 'vitest'
import { expiryOfUpdate, isMilestone } from '../../api/domain/freshness.ts'
import { meaningOf } from '../../api/domain/inbound.ts'
import { outcomeOfMailFailure } from '../../api/domain/mail-outcomes.ts'
import { afterUnknown, backOff, isGivenUp, mayRetry, pauseUntil } from '../../api/domain/retry.ts'
import { outcomeOfSmsFailure, outcomeOfTwilioCode } from '../../api/domain/twilio-codes.ts'

describe('a failed mail', () => {
  const failure = { code: null, command: null, responseCode: null, permanent: null, response: null, begun: false }
  const answered = (responseCode: number, response: string, begun = false) => ({
    ...failure,
    code: 'EENVELOPE',
    responseCode,
    permanent: responseCode >= 500,
    response,
    begun,
  })

  it.each([
    ['refused for good', answered(550, '550 5.1.1 no'), 'permanent'],
    ['refused for now', answered(450, '450 4.2.1 busy'), 'not_sent'],
    ['refused as out of order', answered(503, '503 5.5.1 order'), 'not_sent'],
    ['refused for good after the dot', answered(552, '552 5.3.4 big', true), 'permanent'],
    ['refused for now after the dot', answered(451, '451 4.3.0 later', true), 'not_sent'],
    ['cut before DATA', { ...failure, code: 'ECONNECTION', command: 'CONN' }, 'not_sent'],
    ['cut while idle', { ...failure, code: 'ECONNECTION' }, 'not_sent'],
    ['cut after the dot', { ...failure, code: 'ECONNECTION', command: 'CONN', begun: true }, 'unknown'],
    ['silent after the dot', { ...failure, code: 'ETIMEDOUT', command: 'CONN', begun: true }, 'unknown'],
    ['without connection', { ...failure, code: 'ESOCKET', command: 'CONN' }, 'channel'],
    ['with a refused sign-in', { ...failure, code: 'EAUTH', responseCode: 535, permanent: true }, 'channel'],
    ['without TLS', { ...failure, code: 'ETLS', command: 'STARTTLS' }, 'channel'],
    ['without a name', { ...failure, code: 'EDNS', command: 'CONN' }, 'channel'],
    ['for bad settings', { ...failure, code: 'ECONFIG' }, 'channel'],
  ])('%s', (_, given, kind) => expect(outcomeOfMailFailure(given).kind).toBe(kind))

  it('keeps the codes and the words, never an address', () => {
    expect(outcomeOfMailFailure(answered(550, '550 5.1.1 <ada@example.com>: no\r\nsuch user'))).toEqual({
      kind: 'permanent',
      code: '550',
      enhancedCode: '5.1.1',
      reason: '550 5.1.1 <…>: no such user',
    })
  })
})

describe('a failed text message', () => {
  it.each([
    [{ code: null, status: null, network: 'ECONNREFUSED' }, 'channel'],
    [{ code: null, status: null, network: 'ENOTFOUND' }, 'channel'],
    [{ code: null, status: null, network: 'ECONNABORTED' }, 'unknown'],
    [{ code: null, status: null, network: 'ECONNRESET' }, 'unknown'],
    [{ code: null, status: null, network: null }, 'unknown'],
    [{ code: 20429, status: 429, network: null }, 'not_sent'],
    [{ code: null, status: 429, network: null }, 'not_sent'],
    [{ code: 20500, status: 500, network: null }, 'unknown'],
    [{ code: null, status: 503, network: null }, 'unknown'],
    [{ code: 20003, status: 401, network: null }, 'channel'],
    [{ code: 21610, status: 400, network: null }, 'opted_out'],
    [{ code: 21211, status: 400, network: null }, 'permanent'],
    [{ code: 12345, status: 400, network: null }, 'permanent'],
  ])('%j is %s', (given, kind) => expect(outcomeOfSmsFailure(given).kind).toBe(kind))

  it.each([
    [21610, 'opted_out'],
    [21614, 'permanent'],
    [21635, 'permanent'],
    [30005, 'permanent'],
    [30006, 'permanent'],
    [30004, 'permanent'],
    [30034, 'permanent'],
    [21408, 'permanent'],
    [21606, 'channel'],
    [30002, 'channel'],
    [63038, 'channel'],
    [30001, 'not_sent'],
    [30008, 'not_sent'],
    [63017, 'not_sent'],
    [31999, 'permanent'],
  ])('with code %d is %s', (code, kind) => expect(outcomeOfTwilioCode(code).kind).toBe(kind))

  it('with a code nobody knows is recorded as such', () => expect(outcomeOfTwilioCode(31999).reason).toBe('unlisted'))
})

describe('what follows', () => {
  it.each([
    [1, 15_000],
    [2, 60_000],
    [3, 300_000],
    [4, 900_000],
    [9, 900_000],
  ])('after attempt %d is a wait of %d ms, moved by a fifth at most', (attempts, wait) => {
    expect(backOff('email', attempts, 0.5)).toBe(wait)
    expect(backOff('email', attempts, 0)).toBe(wait * 0.8)
    expect(backOff('sms', attempts, 1)).toBe(wait * 1.2)
  })

  it.each([
    [1, 5_000],
    [2, 300_000],
    [3, 1_800_000],
    [4, 7_200_000],
    [5, 18_000_000],
    [6, 36_000_000],
    [7, 50_400_000],
    [8, 72_000_000],
    [9, 86_400_000],
  ])('after attempt %d at a webhook is a wait of %d ms, or what it asked for, a day at most', (attempts, wait) => {
    expect(backOff('webhook', attempts, 0.5)).toBe(wait)
    expect(backOff('webhook', attempts, 0)).toBe(wait * 0.8)
    expect(backOff('webhook', attempts, 0.5, wait + 1)).toBe(Math.max(wait, Math.min(wait + 1, 86_400_000)))
    expect(mayRetry('webhook', attempts)).toBe(true)
  })

  it('after the tenth attempt at a webhook, or days of failing, is nothing more', () => {
    expect(mayRetry('webhook', 10)).toBe(false)
    const since = new Date('2026-11-12T14:00:00Z')
    expect(isGivenUp(since, new Date('2026-11-15T17:36:00Z'))).toBe(false)
    expect(isGivenUp(since, new Date('2026-11-16T17:36:00Z'))).toBe(true)
  })

  it.each([
    ['webhook', 'public', 1, false, 'again'],
    ['webhook', 'staff', 5, false, 'again'],
    ['email', 'public', 1, false, 'again'],
    ['email', 'public', 2, false, 'leave'],
    ['email', 'staff', 2, false, 'leave'],
    ['sms', 'public', 1, false, 'ask'],
    ['sms', 'public', 1, true, 'leave'],
    ['sms', 'staff', 1, false, 'ask'],
    ['sms', 'staff', 1, true, 'again'],
    ['sms', 'staff', 2, true, 'leave'],
  ] as const)('of unknown fate by %s in the lane %s, %d times, asked %s: %s', (channel, lane, unknowns, asked, next) =>
    expect(afterUnknown(channel, lane, unknowns, asked)).toBe(next),
  )

  it('is a rest of the channel, longer the longer it fails', () => {
    const now = new Date('2026-11-12T14:00:00Z')
    const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000)
    const rest = (since: Date | null, code = '1') => pauseUntil(now, since, code).getTime() - now.getTime()
    expect([rest(null), rest(ago(5)), rest(ago(30)), rest(ago(600)), rest(null, '63038')]).toEqual([
      15_000, 15_000, 30_000, 60_000, 900_000,
    ])
  })
})

describe('how long an update is news', () => {
  const now = new Date('2026-11-12T14:00:00Z')
  const nextUpdateDueAt = new Date('2026-11-12T14:15:00Z')
  it.each([
    ['SEV1', 'identified', nextUpdateDueAt, '2026-11-12T14:30:00.000Z'],
    ['SEV2', 'monitoring', nextUpdateDueAt, '2026-11-12T14:30:00.000Z'],
    ['SEV3', 'identified', nextUpdateDueAt, '2026-11-13T14:00:00.000Z'],
    ['SEV1', 'resolved', null, '2026-11-13T14:00:00.000Z'],
    ['SEV4', 'investigating', null, '2026-11-13T14:00:00.000Z'],
  ] as const)('%s %s until %s', (severity, status, due, expiry) =>
    expect(expiryOfUpdate({ severity, status, nextUpdateDueAt: due }, now).toISOString()).toBe(expiry),
  )

  it.each([
    ['the first word', 'SEV3', 'investigating', null, true],
    ['the same again', 'SEV3', 'identified', ['SEV3', 'investigating'], false],
    ['a rise', 'SEV1', 'identified', ['SEV3', 'identified'], true],
    ['a fall', 'SEV4', 'identified', ['SEV3', 'identified'], false],
    ['the end', 'SEV3', 'resolved', ['SEV3', 'monitoring'], true],
    ['a reopening', 'SEV3', 'investigating', ['SEV3', 'resolved'], true],
  ] as const)('%s is a milestone or not', (_, severity, status, before, milestone) =>
    expect(isMilestone({ severity, status }, before && { severity: before[0], status: before[1] })).toBe(milestone),
  )
})

describe('a reply by SMS', () => {
  it.each([
    ['STOP', 'stop'],
    [' stop ', 'stop'],
    ['Stop.', 'stop'],
    ['"STOPALL"', 'stop'],
    ['unsubscribe', 'stop'],
    ['Cancel', 'stop'],
    ['END', 'stop'],
    ['quit', 'stop'],
    ['revoke', 'stop'],
    ['OPTOUT', 'stop'],
    ['Opt Out', 'stop'],
    ['opt-out', 'stop'],
    ['start', 'start'],
    ['YES', 'start'],
    ['unstop', 'start'],
    ['Help', 'help'],
    ['INFO', 'help'],
    ['إلغاء', 'stop'],
    ['الغاء الاشتراك', 'stop'],
    ['إيقاف.', 'stop'],
    ['ابدأ', 'start'],
    ['مساعدة', 'help'],
    ['ARRÊT', 'stop'],
    ['arret', 'stop'],
    ['Alto.', 'stop'],
    ['配信停止', 'stop'],
    ['ヘルプ', 'help'],
    ['Manage', 'manage'],
    ['الإعدادات', 'manage'],
    ['لماذا إلغاء', 'unmatched'],
    ['please stop texting me', 'unmatched'],
    ['stop it', 'unmatched'],
    ['', 'unmatched'],
    ['nonstop', 'unmatched'],
  ])('%j means %s', (text, meaning) => expect(meaningOf(text)).toBe(meaning))
})
