import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { newWebhookSecret, personWebhookSecrets, webhookHeaders } from '../../api/domain/webhook-signature.ts'

describe('the signature of a webhook', () => {
  it('is that of the vector of Standard Webhooks', () => {
    const signed = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at: new Date(1_614_265_330_999), body: '{"test": 2432232314}' }
    expect(webhookHeaders(signed, ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'])).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    })
  })

  it('is taken by an independent implementation for any words, with either secret while two are good', () => {
    const [now, old] = [newWebhookSecret(), newWebhookSecret()]
    fc.assert(
      fc.property(fc.json(), fc.stringMatching(/^[a-z0-9]{12}$/), (body, id) => {
        const headers = webhookHeaders({ id, at: new Date(), body }, [now, old])
        for (const secret of [now, old]) expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body))
        expect(() => new Webhook(newWebhookSecret()).verify(body, headers)).toThrow('No matching signature')
        expect(() => new Webhook(now).verify(`${body} `, headers)).toThrow('No matching signature')
      }),
      { numRuns: 50 },
    )
  })

  it('has a secret of its own for each endpoint and each person', () => {
    expect(newWebhookSecret()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(newWebhookSecret()).not.toBe(newWebhookSecret())
    const [first, ...more] = personWebhookSecrets(['new', 'old'], 'p3rs0n000001')
    expect(first).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(more).toEqual(personWebhookSecrets(['old'], 'p3rs0n000001'))
    expect(personWebhookSecrets(['new'], 'p3rs0n000002')).not.toContain(first)
  })
})
