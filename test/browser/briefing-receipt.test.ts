import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ConsoleScreens } from '../../api/domain/screens.ts'
import { loadRenderer, type Renderer } from '../../api/publish/renderer.ts'
import { shown } from '../support/briefing-samples.ts'
import { launchChromium } from '../support/chromium.ts'
import { type ScreenServer, serveScreens } from '../support/screen-server.ts'

let browser: Browser
let renderer: Renderer<ConsoleScreens>
let server: ScreenServer
let page: Page
beforeAll(async () => {
  renderer = await loadRenderer<ConsoleScreens>(join(import.meta.dirname, '..', '..'))
  browser = await launchChromium()
}, 300_000)
afterAll(() => browser?.close())
beforeEach(async () => {
  server = await serveScreens(renderer)
})
afterEach(async () => {
  await page?.close()
  await server.close()
})

const RECEIPT = { path: shown.receipt!.action, fields: { way: 'script' } }

/** A browser whose clock stands still, and whose tab is in front or not as the test says. */
async function open(name: 'brief' | 'briefing', { hidden = false, script = true, height = 844 } = {}): Promise<void> {
  page = await browser.newPage({ viewport: { width: 390, height }, javaScriptEnabled: script })
  if (!script) return void (await page.goto(`${server.url}/${name}`))
  await page.clock.install({ time: new Date('2026-11-12T14:37:18.000Z') })
  await page.clock.pauseAt(new Date('2026-11-12T14:37:19.000Z'))
  await page.addInitScript(
    (state) => Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state }),
    hidden ? 'hidden' : 'visible',
  )
  await page.goto(`${server.url}/${name}`)
  await settled()
}

/** Until the page has been told what of it is in sight: whoever asks later is told no sooner. */
const settled = () =>
  page.evaluate(
    () =>
      new Promise<void>((told) => {
        new IntersectionObserver(() => told()).observe(document.querySelector('[id^=briefing]')!)
      }),
  )

const turn = (state: 'hidden' | 'visible') =>
  page.evaluate((now) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => now })
    document.dispatchEvent(new Event('visibilitychange'))
  }, state)

const seconds = (count: number) => page.clock.runFor(count * 1000)

describe('a briefing counts as read', () => {
  test.each(['brief', 'briefing'] as const)('after five seconds in sight, by one post (%s)', async (name) => {
    await open(name)
    await seconds(4.9)
    expect(server.posts).toEqual([])
    await seconds(0.2)
    await expect.poll(() => server.posts).toEqual([RECEIPT])
    server.answer()
    await page.getByText('Noted: you have read this.').waitFor()
    await seconds(60)
    await turn('hidden')
    await turn('visible')
    await seconds(60)
    expect(server.posts).toEqual([RECEIPT])
  })

  test('by the seconds in sight alone: a tab behind others reads nothing', async () => {
    await open('briefing')
    await seconds(3)
    await turn('hidden')
    await seconds(600)
    expect(server.posts).toEqual([])
    await turn('visible')
    await seconds(1.9)
    expect(server.posts).toEqual([])
    await seconds(0.2)
    await expect.poll(() => server.posts).toEqual([RECEIPT])
  })

  test('not while it lies below what is to be seen', async () => {
    await open('brief', { height: 160 })
    await seconds(60)
    expect(server.posts).toEqual([])
    await page.locator('[id^=briefing]').scrollIntoViewIfNeeded()
    await settled()
    await seconds(5.1)
    await expect.poll(() => server.posts).toEqual([RECEIPT])
  })

  test('by the button, as such, at once and without script', async () => {
    await open('briefing', { script: false })
    server.answer()
    await page.getByRole('button', { name: 'Read', exact: true }).click()
    await expect.poll(() => server.posts).toEqual([{ ...RECEIPT, fields: {} }])
  })
})

describe('a scanner of mail reads nothing', () => {
  test('that fetches the link or opens it without script', async () => {
    await open('briefing', { script: false })
    for (const method of ['GET', 'HEAD']) expect((await fetch(`${server.url}/briefing`, { method })).status).toBe(200)
    expect(server.posts).toEqual([])
  })

  test('that runs its script out of sight, or goes before five seconds are over', async () => {
    await open('briefing', { hidden: true })
    await seconds(600)
    expect(server.posts).toEqual([])
    await page.close()
    await open('briefing')
    await seconds(4)
    await page.goto('about:blank')
    await seconds(600)
    expect(server.posts).toEqual([])
  })
})
