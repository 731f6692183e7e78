import { expect, it } from 'vitest'
import { mayChange } from '../../api/http/cross-site.ts'

const OURS = ['https://sitrep.northwind.example', 'https://status.northwind.example']
const may = (method: string, secFetchSite: string | null, origin: string | null, referer: string | null = null) =>
  mayChange({ method, secFetchSite, origin, referer }, OURS)

it.each(['GET', 'HEAD', 'OPTIONS'])('%s may come from anywhere, because it changes nothing', (method) => {
  expect(may(method, 'cross-site', 'https://evil.example')).toBe(true)
})

it.each<[string | null, string | null, boolean]>([
  ['same-origin', OURS[0]!, true],
  ['same-origin', null, true],
  ['same-site', OURS[1]!, true],
  ['same-site', 'https://blog.northwind.example', false],
  ['same-site', null, false],
  ['none', null, false],
  ['cross-site', null, false],
  ['cross-site', 'https://evil.example', false],
  ['cross-site', OURS[0]!, false],
  [null, OURS[0]!, true],
  [null, OURS[1]!, true],
  [null, null, false],
  [null, 'null', false],
  [null, 'https://evil.example', false],
  [null, `${OURS[0]}.evil.example`, false],
  [null, 'http://sitrep.northwind.example', false],
  [null, 'https://sitrep.northwind.example:8443', false],
  ['nonsense', 'https://evil.example', false],
])('a change that says Sec-Fetch-Site %s and Origin %s is let through: %s', (site, origin, allowed) => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'])
    expect(may(method, site, origin), method).toBe(allowed)
})

it.each<[string | null, string | null, string | null, boolean]>([
  [null, null, `${OURS[0]}/console/incidents/k3f9a7c2m1qz`, true],
  [null, null, `${OURS[1]}/`, true],
  [null, null, 'https://evil.example/?https://sitrep.northwind.example/', false],
  [null, null, `${OURS[0]}.evil.example/`, false],
  [null, null, 'http://sitrep.northwind.example/console', false],
  [null, null, 'no address', false],
  [null, 'null', `${OURS[0]}/console`, false],
  [null, 'https://evil.example', `${OURS[0]}/console`, false],
  ['none', null, `${OURS[0]}/console`, false],
  ['cross-site', null, `${OURS[0]}/console`, false],
])('with Sec-Fetch-Site %s and Origin %s, one from the page %s is let through: %s', (site, origin, page, allowed) => {
  expect(may('POST', site, origin, page)).toBe(allowed)
})
