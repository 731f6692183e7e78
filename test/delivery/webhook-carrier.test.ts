import { describe, expect, it } from 'vitest'
import type { WebhookMessage } from '../../api/delivery/channel.ts'
import { webhookCarrier } from '../../api/delivery/webhook.ts'
import { OWN_CERTIFICATE } from '../support/own-certificate.ts'
import { type HookAnswer, testReceiver } from '../support/receiver.ts'

const receiver = await testReceiver({ ownShapes: true })
const secure = await testReceiver({ tls: true, ownShapes: true })
const PATIENCE = 400
const carrier = webhookCarrier({ allow: [receiver.allowed] }, PATIENCE)
const never = new AbortController().signal

const message = (to: string, given: Partial<WebhookMessage> = {}): WebhookMessage => ({
  channel: 'webhook',
  deliveryId: 'd3l1very0001',
  purpose: 'update',
  lane: 'public',
  to,
  queuedAt: new Date(0),
  body: '{"type":"incident.update","name":"Zürich"}',
  headers: { 'webhook-id': 'd3l1very0001' },
  echo: null,
  ...given,
})
const sendTo = (path: string, given: Partial<WebhookMessage> = {}) =>
  carrier.send(message(receiver.url(path), given), never)

describe('an endpoint', () => {
  it('gets the very bytes that were signed, and its 2xx is success', async () => {
    receiver.answers('/bytes', { status: 202, body: 'queued' })
    expect(await sendTo('/bytes')).toEqual({
      kind: 'accepted',
      providerId: null,
      answer: { status: 202, excerpt: 'queued' },
    })
    const [hook] = receiver.at('/bytes')
    expect(hook!.raw).toBe('{"type":"incident.update","name":"Zürich"}')
    expect(hook!.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': 'd3l1very0001' })
  })

  it.each<[string, HookAnswer, object]>([
    ['gone', { status: 410 }, { kind: 'permanent', code: '410' }],
    ['busy', { status: 429, headers: { 'retry-after': '120' } }, { kind: 'not_sent', code: '429', wait: 120_000 }],
    ['asleep', { status: 503, headers: { 'retry-after': 'soon' } }, { kind: 'not_sent', code: '503', wait: 0 }],
    ['broken', { status: 500, body: 'Traceback' }, { kind: 'not_sent', code: '500' }],
    ['missing', { status: 404 }, { kind: 'not_sent', code: '404' }],
    ['moved', { status: 302, headers: { location: '/elsewhere' } }, { kind: 'not_sent', code: '302' }],
    ['cut', { reset: true }, { kind: 'not_sent', code: 'ECONNRESET' }],
    ['silent', { silent: true }, { kind: 'not_sent', code: 'timeout' }],
  ])('that is %s is understood', async (path, answer, outcome) => {
    receiver.answers(`/${path}`, answer)
    expect(await sendTo(`/${path}`)).toMatchObject(outcome)
    expect(receiver.at(`/${path}`)).toHaveLength(1)
    expect(receiver.at('/elsewhere')).toEqual([])
  })

  it('whose answer never ends is read as far as the log goes', async () => {
    receiver.answers('/endless', { endless: true })
    const outcome = await sendTo('/endless')
    expect(outcome).toMatchObject({ kind: 'accepted', answer: { status: 200, excerpt: 'x'.repeat(300) } })
  })

  it('that begins to answer and never ends has answered', async () => {
    receiver.answers('/slow', { stalled: 200 }, { stalled: 500 })
    expect(await sendTo('/slow')).toMatchObject({ kind: 'accepted' })
    expect(await sendTo('/slow')).toMatchObject({ kind: 'not_sent', code: '500' })
  })

  it('is quoted in the log without line breaks and control characters', async () => {
    receiver.answers('/quoted', { status: 500, body: ' <b>No</b>\r\n\u0000 \u202eway\n' })
    expect(await sendTo('/quoted')).toMatchObject({ answer: { status: 500, excerpt: '<b>No</b> way' } })
  })

  it('answers a challenge with 200 and the challenge, or has not answered it', async () => {
    const echo = { echo: 'c4.key.signature' }
    receiver.answers('/echo', { status: 200, body: 'c4.key.signature\n' }, { status: 200, body: 'ok' })
    receiver.answers('/echo', { status: 201, body: 'c4.key.signature' })
    expect(await sendTo('/echo', echo)).toMatchObject({ kind: 'accepted' })
    expect(await sendTo('/echo', echo)).toMatchObject({ kind: 'not_sent', code: 'challenge_missing' })
    expect(await sendTo('/echo', echo)).toMatchObject({ kind: 'not_sent', code: '201' })
  })

  it('that nobody listens at is tried again later', async () => {
    const nobody = webhookCarrier({ allow: ['127.0.0.1:1'] }, PATIENCE)
    expect(await nobody.send(message('http://127.0.0.1:1/'), never)).toMatchObject({
      kind: 'not_sent',
      code: 'ECONNREFUSED',
    })
  })

  it('must show a certificate that is trusted, for the name in its address', async () => {
    const allow = [`localhost:${secure.port}`]
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }]
    const url = `https://localhost:${secure.port}/tls`
    const strict = webhookCarrier({ allow, resolve }, PATIENCE)
    expect(await strict.send(message(url), never)).toMatchObject({
      kind: 'not_sent',
      code: expect.stringMatching(/CERT/),
    })
    expect(secure.received).toEqual([])
    const trusting = webhookCarrier({ allow, resolve, ca: OWN_CERTIFICATE }, PATIENCE)
    expect(await trusting.send(message(url), never)).toMatchObject({ kind: 'accepted' })
    expect(secure.at('/tls')).toHaveLength(1)
  })
})

describe('the guard of private addresses', () => {
  const publicOne = { address: '93.184.216.34', family: 4 }
  const guarded = (answers: { address: string; family: number }[][], allow: string[] = []) => {
    const asked: string[] = []
    const resolve = async (name: string) => {
      asked.push(name)
      return answers[Math.min(asked.length, answers.length) - 1]!
    }
    return { asked, carrier: webhookCarrier({ allow, resolve }, PATIENCE) }
  }

  it.each([
    '127.0.0.1',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '100.64.0.1',
    '169.254.169.254',
    '::1',
    'fc00::1',
    'fe80::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
  ])('refuses a name that leads to %s, alone or beside a public one', async (address) => {
    const family = address.includes(':') ? 6 : 4
    for (const found of [[{ address, family }], [publicOne, { address, family }], []]) {
      const { carrier, asked } = guarded([found])
      const outcome = await carrier.send(message('https://hooks.example.com/'), never)
      expect(outcome).toMatchObject({ kind: 'not_sent', code: 'address_refused' })
      expect(asked).toEqual(['hooks.example.com'])
    }
  })

  it.each([
    'https://2130706433/',
    'https://0177.0.0.1/',
    'https://0x7f.1/',
    'http://hooks.example.com/',
    'https://[::1]/',
  ])('refuses %s without asking for any name', async (url) => {
    const { carrier, asked } = guarded([[publicOne]])
    expect(await carrier.send(message(url), never)).toMatchObject({ code: 'address_refused' })
    expect(asked).toEqual([])
  })

  it('connects to what it has checked, though the name has changed its mind since', async () => {
    const here = [{ address: '127.0.0.1', family: 4 }]
    const elsewhere = [{ address: '127.0.0.3', family: 4 }]
    const { carrier, asked } = guarded([here, elsewhere], [`localhost:${receiver.port}`])
    expect(await carrier.send(message(`http://localhost:${receiver.port}/pinned`), never)).toMatchObject({
      kind: 'accepted',
    })
    expect(asked).toEqual(['localhost'])
    expect(receiver.at('/pinned')).toHaveLength(1)
    expect(receiver.at('/pinned')[0]!.headers.host).toBe(`localhost:${receiver.port}`)
    expect(await carrier.send(message(`http://localhost:${receiver.port}/pinned`), never)).toMatchObject({
      kind: 'not_sent',
    })
    expect(receiver.at('/pinned')).toHaveLength(1)
  })

  it('checks at every attempt: a name that was public once is refused when it is not any more', async () => {
    const { carrier } = guarded([[publicOne], [{ address: '127.0.0.1', family: 4 }]])
    const url = `https://hooks.example.com:8443/`
    expect(await carrier.send(message(url), never)).not.toMatchObject({ code: 'address_refused' })
    expect(await carrier.send(message(url), never)).toMatchObject({ code: 'address_refused' })
  })

  it('follows no redirect to where it would not go itself', async () => {
    receiver.answers('/redirect', { status: 307, headers: { location: 'http://169.254.169.254/latest/meta-data/' } })
    expect(await sendTo('/redirect')).toMatchObject({
      kind: 'not_sent',
      code: '307',
      reason: 'redirects are not followed',
    })
  })

  it('gives up a name that is not found in time', async () => {
    const slow = webhookCarrier({ allow: [], resolve: () => new Promise(() => {}) }, 50)
    expect(await slow.send(message('https://hooks.example.com/'), never)).toMatchObject({ code: 'timeout' })
  })
})
