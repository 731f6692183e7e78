import { describe, expect, it } from 'vitest'
import { readReturnedMail } from '../../api/delivery/returned-mail.ts'
import { returnAddress } from '../../api/domain/report.ts'
import { BOUNCE_DOMAIN, NO_ENVELOPE, returnedMail } from '../support/returns.ts'

const ID = 'abc123def456'
const read = (sample: string, recipients: string[] = []) =>
  readReturnedMail(returnedMail(sample, ID), { recipients, sender: '' }, BOUNCE_DOMAIN)

describe('a delivery report', () => {
  it.each([
    ['postfix-unknown-user', 'hard', '5.1.1'],
    ['postfix-mailbox-full-german', 'soft', '5.2.2'],
    ['postfix-expired', 'soft', '4.4.1'],
    ['exim-unknown-user', 'hard', '5.1.1'],
    ['exim-no-code', 'soft', '5.0.0'],
    ['exim-blocklisted-spanish', 'blameless', '5.0.0'],
    ['exchange-unknown-french', 'hard', '5.1.10'],
    ['exchange-policy', 'blameless', '5.7.133'],
    ['gmail-unknown', 'hard', '5.1.1'],
    ['gmail-unauthenticated', 'blameless', '5.7.26'],
    ['sendmail-unknown-japanese', 'hard', '5.1.1'],
    ['global-arabic-base64', 'hard', '5.1.1'],
    ['list-all-failed-differently', 'soft', '5.2.2'],
  ])('%s is read as %s, %s', async (sample, meaning, enhancedCode) => {
    expect(await read(sample)).toEqual({
      report: {
        source: 'dsn',
        eventId: null,
        providerId: null,
        address: null,
        deliveryIds: [ID],
        news: { kind: 'bounced', meaning, enhancedCode, words: sample.startsWith('list') ? null : expect.any(String) },
      },
    })
  })

  it.each([
    ['postfix-delayed', 'it says delayed'],
    ['postfix-delivered', 'it says delivered'],
    ['list-one-of-two-failed', 'it says relayed'],
    ['without-status', 'it lacks the fields of a delivery report'],
    ['qmail-not-a-report', 'a machine wrote it'],
    ['out-of-office', 'a machine wrote it'],
  ])('%s is left alone: %s', async (sample, ignored) => expect(await read(sample)).toEqual({ ignored }))

  it('counts by the return address of its envelope, and without one of ours not at all', async () => {
    expect(await read('postfix-unknown-user', [returnAddress('zzzzzzzzzzzz', BOUNCE_DOMAIN)])).toMatchObject({
      report: { deliveryIds: ['zzzzzzzzzzzz'] },
    })
    const ignored = { ignored: 'it names no return address of ours' }
    expect(await read('postfix-unknown-user', ['status@northwind.example'])).toEqual(ignored)
    const raw = returnedMail('postfix-unknown-user', ID)
    expect(await readReturnedMail(raw, NO_ENVELOPE, null)).toEqual(ignored)
    expect(await readReturnedMail(raw, NO_ENVELOPE, 'elsewhere.example')).toEqual(ignored)
    const inBodyOnly = raw.replace(/^To: .*$/m, 'To: status@northwind.example')
    expect(await readReturnedMail(inBodyOnly, NO_ENVELOPE, BOUNCE_DOMAIN)).toEqual(ignored)
  })

  it('that is cut anywhere, or is no mail at all, is read or left alone and never breaks', async () => {
    const raw = returnedMail('gmail-unknown', ID)
    for (let end = 0; end < raw.length; end += 97) {
      const read = await readReturnedMail(raw.slice(0, end), NO_ENVELOPE, BOUNCE_DOMAIN)
      expect('ignored' in read || ('report' in read && read.report.deliveryIds[0] === ID)).toBe(true)
    }
    const nested = 'Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n'.repeat(500)
    expect(await readReturnedMail(nested, NO_ENVELOPE, BOUNCE_DOMAIN)).toHaveProperty('ignored')
    expect(await readReturnedMail(Buffer.from([0, 255, 13, 10]), NO_ENVELOPE, BOUNCE_DOMAIN)).toHaveProperty('ignored')
  })
})

describe('a feedback report', () => {
  it.each(['arf-abuse', 'arf-abuse-headers-alone'])('%s is a complaint about the message it names', async (sample) => {
    const { report } = (await read(sample)) as Extract<Awaited<ReturnType<typeof read>>, { report: object }>
    expect(report).toMatchObject({ source: 'arf', news: { kind: 'complaint' } })
    expect(new Set(report.deliveryIds)).toEqual(new Set([ID]))
  })

  it.each([
    ['arf-not-spam', 'it reports not-spam'],
    ['arf-without-version', 'it lacks the fields of a feedback report'],
  ])('%s is left alone: %s', async (sample, ignored) => expect(await read(sample)).toEqual({ ignored }))
})
