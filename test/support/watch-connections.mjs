/** Loaded before a process's own code: prints every connection that would leave this machine, and cuts it. */
import dns from 'node:dns'
import { Socket } from 'node:net'

const HERE = /^(localhost|127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/
const connect = Socket.prototype.connect

Socket.prototype.connect = function (...asked) {
  const [options] = Array.isArray(asked[0]) ? asked[0] : asked
  const host = typeof options === 'object' ? options.host : typeof asked[1] === 'string' ? asked[1] : 'localhost'
  const isPath = typeof options === 'object' ? options.path !== undefined : Number.isNaN(Number(options))
  if (isPath || HERE.test(host ?? 'localhost')) return connect.apply(this, asked)
  process.stderr.write(`LEAVES: ${host}\n`)
  this.destroy(new Error(`${host} is not on this machine`))
  return this
}

const lookup = dns.lookup
dns.lookup = (host, ...rest) => {
  if (!HERE.test(host)) process.stderr.write(`LEAVES: asks for ${host}\n`)
  return lookup(host, ...rest)
}
