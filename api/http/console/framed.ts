import { contentSecurityPolicy } from '../security-headers.ts'

/** Whole documents are shown in a screen as they are, locked in, with the styles they bring. */
export async function withFrames(page: Response, framed: readonly string[], apiUrl: string): Promise<Response> {
  const html = await page.clone().text()
  page.headers.set('content-security-policy', contentSecurityPolicy(html, { apiUrl, script: 'self', framed }))
  return page
}
