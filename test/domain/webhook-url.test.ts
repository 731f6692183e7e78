import { describe, expect, it } from 'vitest'
import { isPublicAddress } from '../../api/domain/public-address.ts'
import { readWebhookUrl } from '../../api/domain/webhook-url.ts'

describe('an address for a webhook', () => {
  it.each([
    ['https://hooks.example.com/status', 'https://hooks.example.com/status'],
    [' https://Hooks.Example.com ', 'https://hooks.example.com/'],
    ['https://hooks.example.com:8443/x?key=1#part', 'https://hooks.example.com:8443/x?key=1'],
    ['https://93.184.216.34/hook', 'https://93.184.216.34/hook'],
    ['https://[2606:4700::1111]/hook', 'https://[2606:4700::1111]/hook'],
    ['https://bücher.example/hook', 'https://xn--bcher-kva.example/hook'],
  ])('%s is taken as %s', (typed, href) => expect(readWebhookUrl(typed, [])).toMatchObject({ href, excepted: false }))

  it.each([
    'http://hooks.example.com/',
    'ftp://hooks.example.com/',
    'hooks.example.com',
    '',
    'https://',
    'https://user:password@hooks.example.com/',
    'https://user@hooks.example.com/',
    'https://hooks.example.com:22/',
    'https://hooks.example.com:80/',
    'https://hooks.example.com/a b',
    'https://hooks.example.com/\r\nX-Header: 1',
    `https://hooks.example.com/${'x'.repeat(2000)}`,
    'https://localhost/',
    'https://LOCALHOST./',
    'https://intranet/',
    'https://db.svc.cluster.local/',
    'https://metadata.google.internal/computeMetadata/v1/',
    'https://app.localhost/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0177.0.0.1/',
    'https://0x7f.1/',
    'https://0x7f000001/',
    'https://127.0.0.1./',
    'https://①②⑦.0.0.1/',
    'https://0.0.0.0/',
    'https://10.1.2.3/',
    'https://172.16.0.1/',
    'https://192.168.1.1/',
    'https://100.64.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[::1]/',
    'https://[::]/',
    'https://[fc00::1]/',
    'https://[fe80::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[::127.0.0.1]/',
  ])('%s is refused', (typed) => expect(readWebhookUrl(typed, [])).toEqual({ refused: expect.any(String) }))

  it('that is excepted by host and port may be private and without TLS, and only that one', () => {
    const allow = ['127.0.0.1:9000', 'hooks.lan:443', '[::1]:9000']
    expect(readWebhookUrl('http://127.0.0.1:9000/x', allow)).toMatchObject({ excepted: true, port: 9000 })
    expect(readWebhookUrl('http://[::1]:9000/x', allow)).toMatchObject({ excepted: true, hostname: '::1' })
    expect(readWebhookUrl('https://HOOKS.lan/x', allow)).toMatchObject({ excepted: true })
    expect(readWebhookUrl('http://127.0.0.1:9001/x', allow)).toHaveProperty('refused')
    expect(readWebhookUrl('http://127.0.0.2:9000/x', allow)).toHaveProperty('refused')
    expect(readWebhookUrl('http://user:secret@127.0.0.1:9000/', allow)).toHaveProperty('refused')
  })
})

describe('an IP address', () => {
  it.each(['8.8.8.8', '93.184.216.34', '172.15.255.255', '172.32.0.1', '100.63.255.255', '2606:4700::1111', '2a00::1'])(
    '%s is public',
    (ip) => expect(isPublicAddress(ip)).toBe(true),
  )

  it.each([
    ...[
      '127.0.0.1',
      '127.255.255.254',
      '0.0.0.0',
      '0.1.2.3',
      '10.0.0.1',
      '10.255.255.255',
      '172.16.0.1',
      '172.31.255.255',
    ],
    ...[
      '192.168.0.1',
      '100.64.0.1',
      '100.127.255.255',
      '169.254.169.254',
      '169.254.0.1',
      '168.63.129.16',
      '192.0.0.192',
    ],
    ...['192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
    ...['::', '::1', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '64:ff9b::1', '64:ff9b:1::1', '100::1'],
    ...[
      'fc00::1',
      'fd00:ec2::254',
      'fe80::1',
      'fec0::1',
      'ff02::1',
      '2001:db8::1',
      '2002:7f00:1::',
      '2001::1',
      '4000::1',
    ],
    ...['', 'localhost', 'hooks.example.com', '1.2.3.4.5'],
  ])('%s is not', (ip) => expect(isPublicAddress(ip)).toBe(false))
})
