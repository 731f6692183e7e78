import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maskAddress, maskText } from '../api/domain/mask.ts'
import { describeError, makeLog } from '../api/log.ts'

/** What a log wrote, as text and as the one object of its one line. */
function logged(say: (log: ReturnType<typeof makeLog>) => void) {
  const written: string[] = []
  say(makeLog('trace', { write: (line) => void written.push(line) }))
  return { text: written.join(''), line: JSON.parse(written[0] ?? '{}') as Record<string, unknown> }
}

describe('a masked address', () => {
  it.each([
    ['jane.doe@example.com', 'j***@example.com'],
    ['j@example.com', '***@example.com'],
    ['"a@b"@example.com', '"***@example.com'],
    ['@example.com', '***@example.com'],
    ['+4915123456723', '+***********23'],
    ['+15005550006', '+*********06'],
    ['12345', '*****'],
    ['+1', '+***'],
    ['', '***'],
    ['https://hooks.slack.example/services/T0/B0/XXXX', 'https://hooks.slack.example/***'],
    ['https://user:pass@hooks.example/x?token=1', 'https://hooks.example/***'],
  ])('%s is shown as %s', (address, shown) => {
    expect(maskAddress(address)).toBe(shown)
  })

  it('never shows the whole name of a mailbox', () => {
    // The mailbox that is called * cannot be told from its mask.
    const addresses = fc.emailAddress().filter((address) => !address.includes('*'))
    fc.assert(
      fc.property(addresses, (address) => {
        expect(maskAddress(address)).not.toContain(address)
        expect(maskAddress(address).split('@')[0]!.length).toBeLessThanOrEqual(4)
      }),
    )
  })
})

describe('masked text', () => {
  const AUTH = Buffer.from('AC0123456789abcdef0123456789abcdef:secret-token').toString('base64')

  it.each([
    ['550 <jane@example.com>: no such user', '550 <j***@example.com>: no such user'],
    ['to=jane@example.com,joe@example.org', 't***@example.com,j***@example.org'],
    ["The 'To' number +15005550001 is not valid", "The 'To' number +*********01 is not valid"],
    ['+49 (151) 234-567-23 refused', '+***********23 refused'],
    ['number 15005550001 refused', 'number *********01 refused'],
    [`Authorization: Basic ${AUTH}`, 'Authorization: Basic [hidden]'],
    ['authorization: bearer abc.def-ghi', 'authorization: bearer [hidden]'],
    ['GET /subscriptions/manage?token=abc&x=1', 'GET /subscriptions/manage?token=[hidden]&x=1'],
    ['POST /hooks/alerts/generic?key=abc', 'POST /hooks/alerts/generic?key=[hidden]'],
    ['connect smtp://joe:hunter2@mail.example.com:587', 'connect smtp://[hidden]@mail.example.com:587'],
    ['postgres://u:p%40ss@db.example/x', 'postgres://[hidden]@db.example/x'],
    ['key sitrep_abcdefghijklmnop1234 revoked', 'key sitrep_[hidden] revoked'],
    ['/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages', '/2010-04-01/Accounts/AC[hidden]/Messages'],
    ['token 0123456789abcdef0123456789abcdef', 'token [hidden]'],
    ['incident k3f9a7c2m1qz at 2026-11-12T14:55:00.000Z', 'incident k3f9a7c2m1qz at 2026-11-12T14:55:00.000Z'],
    ['listening on 127.0.0.1:3000 in 1234 ms', 'listening on 127.0.0.1:3000 in 1234 ms'],
  ])('of "%s" is "%s"', (text, shown) => {
    expect(maskText(text)).toBe(shown)
  })

  it('is the same when it is masked twice', () => {
    const piece = fc.oneof(fc.emailAddress(), fc.webUrl(), fc.string(), fc.constant(`Basic ${AUTH}`), phone())
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), (pieces) => {
        const once = maskText(pieces.join(' '))
        expect(maskText(once)).toBe(once)
      }),
    )
  })
})

const phone = () => fc.integer({ min: 10_000_000, max: 999_999_999_999 }).map((number) => `+${number}`)

describe('the log', () => {
  it('writes one JSON object a line, with a level in words and a time', () => {
    const { line } = logged((log) => log.info({ incident: 'k3f9a7c2m1qz' }, 'An incident was declared'))
    expect(line).toMatchObject({ level: 'info', incident: 'k3f9a7c2m1qz', msg: 'An incident was declared' })
    expect(line.time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  })

  it('shows no address and no number, wherever they are', () => {
    fc.assert(
      fc.property(fc.emailAddress(), phone(), (address, number) => {
        const details = {
          to: [address],
          nested: { deep: { number } },
          [address]: number,
          error: new Error(`no ${address}`),
        }
        const { text } = logged((log) => log.child({ address, number }).error(details, `${address} ${number} refused`))
        expect(text).not.toContain(JSON.stringify(address).slice(1, -1))
        expect(text).not.toContain(number.slice(1))
      }),
    )
  })

  it('shows nothing of the request that an error carries', () => {
    const request = { headers: { Authorization: 'Basic c2VjcmV0' }, auth: { username: 'AC1', password: 'hunter2' } }
    const error = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:443'), {
      code: 'ECONNREFUSED',
      config: request,
      request,
      toJSON: () => request,
    })
    for (const say of [{ err: error }, { error }, error])
      expect(logged((log) => log.warn(say, 'The carrier is away')).text).not.toMatch(/c2VjcmV0|hunter2|headers/)
    expect(logged((log) => log.warn(error)).line).toMatchObject({
      msg: 'connect ECONNREFUSED 127.0.0.1:443',
      error: { name: 'Error', code: 'ECONNREFUSED' },
    })
  })

  it.each(['password', 'Authorization', 'set-cookie', 'auth_token', 'secret', 'key', 'apiKey', 'x-twilio-signature'])(
    'hides the field %s',
    (name) => {
      const { text } = logged((log) => log.info({ request: { [name]: 'plain words' } }, 'x'))
      expect(text).not.toContain('plain words')
    },
  )

  it('cuts off what a failed statement was given, and tells its cause the same way', () => {
    const cause = Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (email)=(jane@example.com)' })
    const error = new Error('Failed query: insert into people values ($1)\nparams: jane,internal words', { cause })
    const described = JSON.stringify(describeError(error))
    expect(described).not.toMatch(/internal words|jane/)
    expect(described).toContain('23505')
  })

  it('survives what cannot be written as JSON', () => {
    const circle: Record<string, unknown> = {
      big: 10n,
      bytes: new Uint8Array(3),
      none: undefined,
      map: new Map([['a', 1]]),
    }
    circle.itself = circle
    const { line } = logged((log) => log.info(circle, 'odd'))
    expect(line).toMatchObject({ msg: 'odd', big: '10', bytes: '[3 bytes]' })
  })
})
