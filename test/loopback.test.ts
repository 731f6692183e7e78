import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'

describe('everything that tests run', () => {
  it.each(['status.example.com', '192.0.2.1', '2001:db8::1'])('may not connect to %s', async (host) => {
    expect(() => connect({ host, port: 443 })).toThrow('only this machine')
    await expect(fetch(`http://${host.includes(':') ? `[${host}]` : host}/`)).rejects.toThrow()
  })
})
