import type { Socket } from 'node:net'

/** What a mail server can do beyond the standard's least (RFC 5321 §2.2), as its answer to EHLO says. */
export interface Extensions {
  /** Several commands in one go (RFC 2920). */
  pipelining: boolean
  /** Wants to know how long a message is before it comes (RFC 1870). */
  size: boolean
  /** Addresses beyond ASCII (RFC 6531). */
  utf8: boolean
}

export const extensionsIn = (ehlo: string): Extensions => {
  const has = (word: string) => new RegExp(`^250[ -]${word}\\b`, 'im').test(ehlo)
  return { pipelining: has('PIPELINING'), size: has('SIZE'), utf8: has('SMTPUTF8') }
}

/** How one message after the other is handed over on an open connection (RFC 5321 §3.3). */
export interface Dialogue {
  /** Says for whom a message is. Resolves once the server asks for it; throws its refusal. */
  announce(envelope: { from: string; to: string }, length: number, utf8: boolean): Promise<void>
  /** Hands it over; answers what the server said. Throws its refusal. */
  handOver(mime: Buffer): Promise<string>
  /** Makes the connection ready for the next message after a refusal. */
  reset(): Promise<void>
}

/** More than any server has to say at once, in characters. */
const LONGEST_ANSWER = 100_000

/** The lines of one answer: as many as end in a hyphen after the number, and the one that does not (RFC 5321 §4.2.1). */
const ANSWER = /^(?:\d{3}-[^\n]*\n)*(?!\d{3}-)[^\n]*\n/

/**
 * Talks on a connection that has been greeted, secured and signed in: the commands of a message leave in one write where the
 * server takes several, and the message in another; the library's streams cost a third of what sending a mail costs. `stray`
 * is called when the server speaks unasked, or without end. Whoever ends the connection ends the waits.
 */
export function dialogueOn(socket: Socket, { pipelining, size }: Extensions, stray: () => void): Dialogue {
  const answers: string[] = []
  let unheard = ''
  let due = 0
  let take: ((answer: string) => void) | null = null

  socket.setEncoding('utf8')
  socket.removeAllListeners('data')
  socket.on('data', (text: string) => {
    unheard += text
    for (let found = ANSWER.exec(unheard); found; found = ANSWER.exec(unheard)) {
      unheard = unheard.slice(found[0].length)
      const answer = found[0].trim()
      if (answer !== '') hear(answer)
    }
    if (unheard.length > LONGEST_ANSWER) stray()
  })

  function hear(answer: string): void {
    if (due === 0) stray()
    else {
      due -= 1
      if (take) take(answer)
      else answers.push(answer)
    }
  }

  const write = (commands: readonly string[]) => {
    due += commands.length
    socket.write(`${commands.join('\r\n')}\r\n`)
  }
  const answer = (): Promise<string> =>
    new Promise((resolve) => {
      const known = answers.shift()
      if (known !== undefined) return resolve(known)
      take = (heard) => {
        take = null
        resolve(heard)
      }
    })
  const ask = (command: string): Promise<string> => {
    write([command])
    return answer()
  }

  return {
    async announce({ from, to }, length, utf8) {
      const mail = `MAIL FROM:<${from}>${utf8 ? ' SMTPUTF8' : ''}${size ? ` SIZE=${length}` : ''}`
      const commands = [mail, `RCPT TO:<${to}>`, 'DATA']
      if (pipelining) write(commands)
      let refused: Refusal | null = null
      for (const [step, command] of commands.entries()) {
        const said = await (pipelining ? answer() : ask(command))
        const taken = step === 2 ? /^[23]/.test(said) : said.startsWith('2')
        if (!taken) refused ??= refusal('EENVELOPE', STEPS[step]!, said)
        if (refused && (!pipelining || refused.hungUp)) throw refused
        if (refused && step === 2 && taken) await endEmpty(refused)
      }
      if (refused) throw refused
    },
    async handOver(mime) {
      due += 1
      socket.write(dotted(mime))
      const said = await answer()
      if (!said.startsWith('2')) throw refusal('EMESSAGE', 'DATA', said)
      return said
    },
    async reset() {
      const said = await ask('RSET')
      if (!said.startsWith('2')) throw refusal('EPROTOCOL', 'RSET', said)
    },
  }

  /**
   * The server asks for a message whose sender or reader it has just refused. Without a reader an empty one goes to nobody;
   * one that took no sender is not to be trusted with it.
   */
  async function endEmpty(refused: Refusal): Promise<void> {
    if (refused.command === 'MAIL FROM') throw { ...refused, hungUp: true }
    await ask('.')
  }
}

const STEPS = ['MAIL FROM', 'RCPT TO', 'DATA']

/** What the server refused, in the words of the mail library, so that every failure reads alike. */
interface Refusal {
  code: string
  command: string
  response: string
  responseCode: number | null
  permanent: boolean
  /** Nothing more is said on this connection: 421 ends it (RFC 5321 §3.8). */
  hungUp: boolean
}

function refusal(code: string, command: string, response: string): Refusal {
  const number = Number(/^\d{3}/.exec(response)?.[0] ?? 0) || null
  const permanent = number !== null && number >= 500 && number !== 503
  return { code, command, response, responseCode: number, permanent, hungUp: number === 421 }
}

const DOT = Buffer.from('.')

/** The message as it goes over the wire: no line is taken for its end, and then its end (RFC 5321 §4.5.2). */
function dotted(mime: Buffer): Buffer {
  const parts: Buffer[] = []
  let from = 0
  for (let at = mime.indexOf('\r\n.'); at >= 0; at = mime.indexOf('\r\n.', at + 3)) {
    parts.push(mime.subarray(from, at + 3), DOT)
    from = at + 3
  }
  const closed = mime.subarray(-2).equals(LINE_END)
  return Buffer.concat([...parts, mime.subarray(from), closed ? END : OPEN_END])
}

const LINE_END = Buffer.from('\r\n')
const END = Buffer.from('.\r\n')
const OPEN_END = Buffer.from('\r\n.\r\n')
