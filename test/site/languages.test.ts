import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { LANGUAGES } from '../../api/domain/pages.ts'
import { contentSecurityPolicy } from '../../api/http/security-headers.ts'
import { loadRenderer, type Renderer } from '../../api/publish/renderer.ts'
import { homeQuiet, homeWrong, incidentOpen, subscribe } from '../support/pages.ts'

let renderer: Renderer
beforeAll(async () => {
  renderer = await loadRenderer(join(import.meta.dirname, '..', '..'))
}, 120_000)

const scriptsOf = (html: string) => [...html.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g)].map(([, text]) => text!)

describe('pages in several languages', () => {
  test('rendered at the same time do not mix', async () => {
    const alone = { en: await renderer.render('/', homeWrong, 'en'), ar: await renderer.render('/', homeWrong, 'ar') }
    const asked = Array.from({ length: 50 }, (_, index) => LANGUAGES[index % LANGUAGES.length]!)
    const together = await Promise.all(asked.map((language) => renderer.render('/', homeWrong, language)))
    expect(together.every((html, index) => html === alone[asked[index]!])).toBe(true)
    expect(alone.ar).not.toBe(alone.en)
  })

  test('say which language they are in, and Arabic ones run from right to left', async () => {
    expect(await renderer.render('/', homeQuiet)).toContain('<html lang="en"')
    expect(await renderer.render('/', homeQuiet, 'ar')).toMatch(/<html lang="ar" dir="rtl"/)
  })

  test('in Arabic hold no English words of ours, and only Latin digits', async () => {
    const html = await renderer.render('/subscribe', { ...subscribe, groups: [] }, 'ar')
    expect(html).not.toMatch(/Get updates|Email|Status page|Published/)
    expect(html).not.toMatch(/[٠-٩]/)
  })
})

describe('the script of the public pages', () => {
  test('is one, stands in the page, and is smaller than 4,096 bytes', async () => {
    const [script, ...others] = scriptsOf(await renderer.render('/', homeWrong))
    expect(others).toEqual([])
    expect(Buffer.byteLength(script!)).toBeLessThan(4096)
    expect(brotliCompressSync(script!).length).toBeLessThan(1800)
  })

  test('is the same on every page, and is allowed by its hash alone', async () => {
    const pages = [
      await renderer.render('/incident', incidentOpen),
      await renderer.render('/subscribe', subscribe, 'ar'),
    ]
    const policies = pages.map((html) =>
      contentSecurityPolicy(html, { apiUrl: 'https://api.example', script: 'inline' }),
    )
    const allowed = policies.map((policy) => /script-src ([^;]+)/.exec(policy)?.[1])
    expect(allowed[0]).toMatch(/^'sha256-[\w+/=]+'$/)
    expect(allowed[1]).toBe(allowed[0])
    expect(policies[0]).toContain("connect-src 'self'")
  })

  test('is not on pages that are rendered on request', async () => {
    expect(scriptsOf(await renderer.render('/subscription/gone', { company: homeQuiet.company, why: 'old' }))).toEqual(
      [],
    )
  })
})
