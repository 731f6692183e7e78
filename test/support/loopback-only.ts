import { isIP, Socket } from 'node:net'

/**
 * No test, and nothing that a test runs in its process, may reach beyond this machine: a connection elsewhere fails the
 * test that made it, so a library that calls home cannot hide.
 */
const connect = Socket.prototype.connect

const isHere = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

/** `net` calls it with its arguments gathered in an array, others with options, a path, or port and host. */
function hostOf(first: unknown, second: unknown): string {
  if (Array.isArray(first)) return hostOf(first[0], first[1])
  if (typeof first === 'object' && first !== null) {
    const { path, host } = first as { path?: string; host?: string }
    return path ? 'localhost' : (host ?? 'localhost')
  }
  if (typeof first === 'string' && !/^\d+$/.test(first)) return 'localhost'
  return typeof second === 'string' ? second : 'localhost'
}

Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
  const host = hostOf(args[0], args[1])
  if (!isHere(host)) throw new Error(`A test connects to ${host}; only this machine is allowed.`)
  return Reflect.apply(connect, this, args)
} as typeof connect
