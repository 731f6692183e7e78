import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ConsoleScreens } from '../../api/domain/screens.ts'
import { loadRenderer } from '../../api/publish/renderer.ts'
import { BRIEFING } from '../support/briefings.ts'
import { launchChromium } from '../support/chromium.ts'
import { type ScreenServer, serveScreens } from '../support/screen-server.ts'

let browser: Browser
let server: ScreenServer
let page: Page
beforeAll(async () => {
  server = await serveScreens(await loadRenderer<ConsoleScreens>(join(import.meta.dirname, '..', '..')))
  browser = await launchChromium()
}, 300_000)
afterAll(async () => {
  await browser?.close()
  await server?.close()
})
beforeEach(async () => {
  page = await browser.newPage()
  return () => page.close()
})

/** How many sheets a page takes; its own style says that they are A4. */
async function sheets(): Promise<number> {
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
  expect(pdf).toMatch(/\/MediaBox \[0 0 59[45][\d.]* 84[12][\d.]*\]/)
  return Number(/\/Count (\d+)/.exec(pdf)![1])
}

test.each(['briefing', 'briefing-decided'])('a briefing is one sheet of A4 (%s)', async (name) => {
  await page.goto(`${server.url}/${name}`)
  expect(await sheets()).toBe(1)
})

test('what burns now is a sheet for each incident, without buttons, history and console', async () => {
  await page.goto(`${server.url}/brief`)
  expect(await sheets()).toBe(2)
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  const words = await page.locator('body').innerText()
  expect(words).toContain('Northwind Cloud')
  expect(words).toContain(BRIEFING.headline)
  expect(words).toMatch(/Decision needed by 14:50 UTC/)
  expect(words).not.toMatch(/Earlier briefings|Approved|Skip to content/)
  expect(await page.getByRole('button').count()).toBe(0)
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(255, 255, 255)')
})
