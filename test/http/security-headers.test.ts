import { describe, expect, it } from 'vitest'
import { contentSecurityPolicy, withSecurityHeaders } from '../../api/http/security-headers.ts'

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

  it('allow each style once, and no style where a page has none', () => {
    const twice = contentSecurityPolicy('<style>a{}</style><STYLE media="print">a{}</STYLE>', { apiUrl: HOSTS.api })
    expect(twice.match(/sha256/g)).toHaveLength(1)
    expect(contentSecurityPolicy('<p>', { apiUrl: `${HOSTS.api}/base` })).toContain(
      "style-src 'none'; img-src 'self' data:; form-action 'self' https://console.example.com;",
    )
  })
})
