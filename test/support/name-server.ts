import { createSocket } from 'node:dgram'
import type { AddressInfo } from 'node:net'
import { afterAll } from 'vitest'

const [A, TXT, AAAA] = [1, 16, 28]

/** What a name has: IPv4 addresses as written, IPv6 ones as 32 hex digits, one text; or it is not told. */
export interface Names {
  [name: string]: { v4?: string[]; v6?: string[]; txt?: string; untold?: true }
}

/** A name server on a random loopback port that knows these names and no others; answers `host:port`. */
export async function testNameServer(names: Names): Promise<string> {
  const socket = createSocket('udp4')
  socket.on('message', (query, peer) => socket.send(answerTo(query, names), peer.port, peer.address))
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  afterAll(() => void socket.close())
  return `127.0.0.1:${(socket.address() as AddressInfo).port}`
}

/** RFC 1035, section 4: the question again, and a record for each address. */
function answerTo(query: Buffer, names: Names): Buffer {
  const labels: string[] = []
  let at = 12
  while (query[at] !== 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + query[at]!))
    at += 1 + query[at]!
  }
  const type = query.readUInt16BE(at + 1)
  const found = names[labels.join('.').toLowerCase()]
  const texts = found?.txt === undefined ? [] : [bytesOfText(found.txt)]
  const records =
    type === A
      ? (found?.v4 ?? []).map(bytesOfV4)
      : type === AAAA
        ? (found?.v6 ?? []).map(bytesOfV6)
        : type === TXT
          ? texts
          : []
  const header = Buffer.from(query.subarray(0, 12))
  header.writeUInt16BE(found?.untold ? 0x8182 : found ? 0x8180 : 0x8183, 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(records.length, 6)
  header.writeUInt32BE(0, 8)
  return Buffer.concat([header, query.subarray(12, at + 5), ...records.map((data) => recordOf(type, data))])
}

const bytesOfV4 = (address: string) => Buffer.from(address.split('.').map(Number))
const bytesOfV6 = (digits: string) => Buffer.from(digits, 'hex')

/** In pieces of 255 bytes, each with its length in front. */
const bytesOfText = (text: string) =>
  Buffer.concat(
    (text.match(/.{1,255}/g) ?? []).map((piece) => Buffer.concat([Buffer.from([piece.length]), Buffer.from(piece)])),
  )

function recordOf(type: number, data: Buffer): Buffer {
  const head = Buffer.from([0xc0, 0x0c, 0, type, 0, 1, 0, 0, 0, 0, data.length >> 8, data.length & 0xff])
  return Buffer.concat([head, data])
}
