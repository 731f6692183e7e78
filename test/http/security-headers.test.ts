import { describe, expect, it } from 'vitest'
import { contentSecurityPolicy, withSecurityHeaders } from '../../api/http/security-headers.ts'
import { testWorld } from '../support/world.ts'

const HOSTS = { site: 'https://status.example.com', api: 'https://console.example.com' }
const page = (html: string, headers: Record<string, string> = {}) =>
  new Response(html, { status: 201, headers: { 'content-type': 'text/html; charset=utf-8', ...headers } })

describe('the headers of console, API and subscription pages', () => {
  it('let a page use its own styles and our scripts, and nothing else; nobody stores it', async () => {
    const { headers, status } = await withSecurityHeaders(page('<style>a{}</style><p>'), HOSTS)
    expect(status).toBe(201)
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; .*script-src 'self'; connect-src 'self'; /,
    )
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('strict-transport-security')).toContain('includeSubDomains')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('keep the body, the cookies and what the handler has set itself', async () => {
    const response = page('<p>Hello', { 'referrer-policy': 'no-referrer', etag: '"7"' })
    response.headers.append('set-cookie', 'one=1')
    response.headers.append('set-cookie', 'two=2')
    const answered = await withSecurityHeaders(response, HOSTS)
    expect(answered.headers.get('referrer-policy')).toBe('no-referrer')
    expect(answered.headers.getSetCookie()).toEqual(['one=1', 'two=2'])
    expect(await answered.text()).toBe('<p>Hello')
  })

  it('let data do nothing at all', async () => {
    const answered = await withSecurityHeaders(Response.json({ fine: true }), HOSTS)
    expect(answered.headers.get('content-security-policy')).toContain("form-action 'none'")
    expect(await answered.json()).toEqual({ fine: true })
  })

  it('leave an answer without a body without one', async () => {
    const answered = await withSecurityHeaders(new Response(null, { status: 204 }), HOSTS)
    expect(answered.status).toBe(204)
  })

  it('let a document that stands in a frame of the page have the styles it brings, each by its hash', () => {
    const framed = ['<style>b{}</style><p style="margin:0"><b style="margin:0">']
    const policy = contentSecurityPolicy('<style>a{}</style>', { apiUrl: HOSTS.api, framed })
    const [, styles] = /style-src ([^;]+)/.exec(policy)!
    expect(styles!.split(' ')).toEqual([
      expect.stringMatching(/^'sha256-/),
      expect.stringMatching(/^'sha256-/),
      "'unsafe-hashes'",
      expect.stringMatching(/^'sha256-/),
    ])
  })

  it('allow each style once, and no style where a page has none', () => {
    const twice = contentSecurityPolicy('<style>a{}</style><STYLE media="print">a{}</STYLE>', { apiUrl: HOSTS.api })
    expect(twice.match(/sha256/g)).toHaveLength(1)
    expect(contentSecurityPolicy('<p>', { apiUrl: `${HOSTS.api}/base` })).toContain(
      "style-src 'none'; img-src 'self' data:; form-action 'self' https://console.example.com;",
    )
  })
})

it('allows no script that is but a word in an attribute, and is not led astray by one', () => {
  const allowed = (html: string) =>
    /script-src ([^;]+)/.exec(contentSecurityPolicy(html, { apiUrl: HOSTS.api, script: 'inline' }))?.[1]
  const script = '<script>if(a<b)c()</script>'
  expect(allowed(`<p title="<script>x()</script>">`)).toBeUndefined()
  expect(allowed(`<style>a{}</style><!-- it's > --><p title='<script>"' class="it's <style>">${script}`)).toBe(
    allowed(script),
  )
})

describe('what is nobody’s', async () => {
  const { app } = await testWorld({ urls: HOSTS })

  it.each([
    ['an address', 'GET', '/api/v1/nothing', 404],
    ['an address of a page, to be written to', 'POST', '/nothing', 404],
    ['a method', 'DELETE', '/api/v1/incidents', 405],
    ['a question about methods', 'OPTIONS', '/api/v1/incidents', 204],
  ])('%s: the answer carries the headers too', async (_, method, path, status) => {
    const answer = await app.request(`${HOSTS.api}${path}`, { method })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('strict-transport-security')).toContain('includeSubDomains')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'; base-uri 'none'")
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })
})
