import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { carrierTo, PLAIN_LETTER } from '../support/delivering.ts'
import { testSmtp } from '../support/smtp.ts'

type MailCarrier = ReturnType<typeof carrierTo>

const send = (carrier: MailCarrier, letter: Partial<typeof PLAIN_LETTER> = {}) =>
  carrier.send(
    {
      channel: 'email',
      deliveryId: 'd00000000000',
      purpose: 'update',
      lane: 'public',
      to: 'ada@example.com',
      queuedAt: new Date(0),
      envelopeFrom: 'x@example.com',
      messageId: '<x@example.com>',
      letter: { ...PLAIN_LETTER, ...letter },
      own: {},
    },
    new AbortController().signal,
  )

/** A server, and how often somebody connected to it. */
async function counting(hidePIPELINING: boolean) {
  const connected = { times: 0 }
  const smtp = await testSmtp({
    hidePIPELINING,
    onConnect(_session, done) {
      connected.times += 1
      done()
    },
  })
  return { smtp, connected }
}

describe.each([
  { that: 'takes several commands at once', ...(await counting(false)) },
  { that: 'takes one command at a time', ...(await counting(true)) },
])('a mail server that $that', ({ smtp, connected }) => {
  it('gets one mail after the other on one connection, and goes on after a refusal', async () => {
    const carrier = carrierTo(smtp)
    smtp.faults.push({ at: 'rcpt', code: 550, message: '5.1.1 no such user' })
    expect(await send(carrier)).toMatchObject({ kind: 'permanent', code: '550', enhancedCode: '5.1.1' })
    smtp.faults.push({ at: 'data', code: 451, message: '4.3.0 later' })
    expect(await send(carrier)).toMatchObject({ kind: 'not_sent', code: '451', enhancedCode: '4.3.0' })
    expect(await send(carrier)).toMatchObject({ kind: 'accepted' })
    expect(await send(carrier)).toMatchObject({ kind: 'accepted' })
    expect(smtp.received).toHaveLength(2)
    expect(connected.times).toBe(1)
    await carrier.close()
  })

  it('gets lines that begin with a dot, and broken line ends, as text and not as an end', async () => {
    const carrier = carrierTo(smtp)
    expect(await send(carrier, { text: '.\n..two\rthree\r.\r\n.four\n' })).toMatchObject({ kind: 'accepted' })
    expect(smtp.received.at(-1)!.mail.text!.trimEnd().split('\n')).toEqual(['.', '..two', 'three', '.', '.four'])
    await carrier.close()
  })
})

/** A server that answers what the test says to whatever it hears, and notes what that was. */
async function scripted(answers: (heard: string) => string | null) {
  const heard: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.write('220 test\r\n')
    socket.on('data', (chunk) => {
      for (const line of chunk.toString().split('\r\n').filter(Boolean)) {
        heard.push(line)
        const answer = answers(line)
        if (answer) socket.write(`${answer}\r\n`)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, heard }
}

const EHLO = '250-test\r\n250-PIPELINING\r\n250 SIZE 1000000'

describe('a mail server that', () => {
  it('refuses the reader and asks for the message all the same gets an empty one', async () => {
    const { port, heard } = await scripted((line) => {
      if (line.startsWith('EHLO')) return EHLO
      if (line.startsWith('RCPT')) return '550 5.1.1 no'
      return line === 'DATA' ? '354 go on' : '250 fine'
    })
    const carrier = carrierTo({ port })
    expect(await send(carrier)).toMatchObject({ kind: 'permanent', code: '550' })
    expect(heard.slice(heard.indexOf('DATA'))).toEqual(['DATA', '.', 'RSET'])
    await carrier.close()
  })

  it('refuses the sender and asks for the message all the same gets none', async () => {
    const { port, heard } = await scripted((line) => {
      if (line.startsWith('EHLO')) return EHLO
      if (line.startsWith('MAIL')) return '451 4.7.1 not now'
      return line === 'DATA' ? '354 go on' : '250 fine'
    })
    const carrier = carrierTo({ port })
    expect(await send(carrier)).toMatchObject({ kind: 'not_sent', code: '451' })
    expect(heard.at(-1)).toBe('DATA')
    await carrier.close()
  })

  it('hangs up with 421 is asked again on another connection', async () => {
    let times = 0
    const { port, heard } = await scripted((line) => {
      if (line.startsWith('EHLO')) return EHLO
      if (line.startsWith('MAIL') && times++ === 0) return '421 4.3.2 shutting down'
      if (line === 'DATA') return '354 go on'
      return /^(MAIL|RCPT|\.$|QUIT)/.test(line) ? '250 2.0.0 fine: queued as 4F2C9' : null
    })
    const carrier = carrierTo({ port })
    expect(await send(carrier)).toMatchObject({ kind: 'not_sent', code: '421' })
    expect(await send(carrier)).toEqual({ kind: 'accepted', providerId: '4F2C9' })
    expect(heard.filter((line) => line.startsWith('EHLO'))).toHaveLength(2)
    await carrier.close()
  })

  it('answers in several lines, in pieces, is understood', async () => {
    const { port } = await scripted((line) => {
      if (line.startsWith('EHLO')) return EHLO
      if (line === 'DATA') return '354-well\r\n354 go on'
      return /^(MAIL|RCPT|\.$)/.test(line) ? '250-first\r\n250 second' : null
    })
    const carrier = carrierTo({ port })
    expect(await send(carrier)).toMatchObject({ kind: 'accepted' })
    await carrier.close()
  })
})
