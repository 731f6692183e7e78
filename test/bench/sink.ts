/** A mail server in a process of its own: takes everything, and tells its parent how many it took and when. */
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

let taken = 0
const awaited = new Map<string, true>()

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onData(stream, _session, done) {
    let source = ''
    stream.on('data', (chunk: Buffer) => {
      if (awaited.size > 0) source += chunk.toString('latin1')
    })
    stream.on('end', () => {
      taken += 1
      done()
      for (const words of awaited.keys()) if (source.includes(words)) tell(words, source)
    })
  },
})

function tell(words: string, source: string): void {
  awaited.delete(words)
  process.send!({ took: words, source })
}

process.on('message', (asked: { await?: string }) => {
  if (asked.await) awaited.set(asked.await, true)
  else process.send!({ taken })
})
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.server.address() as AddressInfo).port }))
