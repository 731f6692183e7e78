import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { loadRenderer } from '../../api/publish/renderer.ts'
import { browserForFile, faultsOf, sidewaysPixels } from '../support/browser.ts'
import { sampleCases, serveSamples } from '../support/page-server.ts'

const browser = browserForFile()
let served: string
/** One reader with script, in a zone of their own, and one without. */
let scripted: Page
let plain: Page
let complaints: string[] = []

beforeAll(async () => {
  served = await serveSamples(await loadRenderer(join(import.meta.dirname, '..', '..')))
  scripted = await browser.page({ timezoneId: 'Asia/Kathmandu' })
  plain = await browser.page({ script: false })
  for (const page of [scripted, plain]) {
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
  }
}, 300_000)
afterAll(async () => {
  for (const page of [scripted, plain]) await page?.context().close()
})

/** Opens a page; answers what was asked for until it was done. */
async function open(page: Page, path: string, isLive: boolean): Promise<string[]> {
  complaints = []
  const told: string[] = []
  const note = (request: { url(): string }) => void told.push(request.url())
  page.on('request', note)
  await page.emulateMedia({ media: 'screen', colorScheme: 'light' })
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(served + path)
  if (isLive) await vi.waitFor(() => expect(told).toContain(`${served}/heartbeat.json`), { timeout: 5000 })
  page.off('request', note)
  return told.filter((url) => !url.startsWith('data:')).map((url) => url.replace(served, ''))
}

const wordsOf = async (page: Page, selector = 'body') =>
  (await page.locator(selector).first().innerText()).replace(/\s+/g, ' ')

/** Runs in the page: what one presses and would miss with a thumb. Links within sentences may be as high as a line. */
const smallTargets = () =>
  [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary')]
    .filter((element) => !element.matches('.skip') && getComputedStyle(element).display !== 'inline')
    .map((element) => ({
      html: element.outerHTML.slice(0, 90),
      box: (element.closest('label') ?? element).getBoundingClientRect(),
    }))
    .filter(({ box }) => box.width > 0 && Math.min(box.width, box.height) < 24)
    .map(({ html }) => html)

/** Runs in the page: what has no use on paper and is there all the same. */
const uselessOnPaper = () =>
  [...document.querySelectorAll('nav, button, .skip, .noprint')]
    .filter((element) => element.getClientRects().length > 0)
    .map((element) => element.outerHTML.slice(0, 90))

/** Runs in the page: everything to be read but what the script adds. */
const readable = () => {
  for (const element of document.querySelectorAll<HTMLElement>('#live, .local, [data-after]'))
    element.style.display = 'none'
  return document.body.innerText.replace(/\s+/g, ' ').trim()
}

describe.each(sampleCases)('$name ($language)', ({ path, isLive }) => {
  let requests: string[]
  beforeAll(async () => {
    requests = await open(scripted, path, isLive)
  })

  test('asks for itself and, where it may change, for news; nobody complains', () => {
    expect(requests).toEqual(isLive ? [path, '/status.json', '/heartbeat.json'] : [path])
    expect(complaints).toEqual([])
  })

  test('keeps nobody out, by day or by night', async () => {
    expect(await faultsOf(scripted)).toEqual([])
    await scripted.emulateMedia({ colorScheme: 'dark' })
    expect(await faultsOf(scripted, ['color-contrast'])).toEqual([])
    await scripted.emulateMedia({ colorScheme: 'light' })
  })

  test('fits the smallest phone, and text twice as large, and every target is 24 px', async () => {
    await scripted.setViewportSize({ width: 320, height: 640 })
    expect(await sidewaysPixels(scripted)).toBe(0)
    expect(await scripted.evaluate(smallTargets)).toEqual([])
    await scripted.setViewportSize({ width: 640, height: 844 })
    const sizeOf = () =>
      scripted.evaluate(() => Number.parseFloat(getComputedStyle(document.querySelector('main p')!).fontSize))
    const before = await sizeOf()
    await scripted.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'))
    expect(await sidewaysPixels(scripted)).toBe(0)
    expect(await sizeOf()).toBeCloseTo(2 * before, 0)
    await scripted.evaluate(() => document.documentElement.style.removeProperty('font-size'))
  })

  test('is printed without what has no use on paper', async () => {
    await scripted.emulateMedia({ media: 'print' })
    expect(await scripted.evaluate(uselessOnPaper)).toEqual([])
    expect(await scripted.locator('h1').first().isVisible()).toBe(true)
    await scripted.emulateMedia({ media: 'screen' })
  })

  test('says the same without script, and asks for nothing but itself', async () => {
    expect(await open(plain, path, false)).toEqual([path])
    expect(complaints).toEqual([])
    expect(await plain.title()).toBe(await scripted.title())
    await scripted.emulateMedia({ media: 'screen', colorScheme: 'light' })
    await scripted.setViewportSize({ width: 390, height: 844 })
    expect(await scripted.evaluate(readable)).toBe(await plain.evaluate(readable))
  })
})

const SIGN_IN = 'Sign-in fails for most customers'
describe('what is seen at once', () => {
  test.each([
    ['wrong', 'en', 'Major outage', `Major outage: ${SIGN_IN} – Northwind Cloud status`, 'Next update by 14:45 UTC'],
    ['wrong', 'ar', 'انقطاع كبير', `انقطاع كبير: ${SIGN_IN} – حالة Northwind Cloud`, 'التحديث التالي بحلول 14:45 UTC'],
    [
      'late',
      'en',
      'Major outage',
      `Major outage: ${SIGN_IN} – Northwind Cloud status`,
      'The update promised for 14:45 UTC is late.',
    ],
    [
      'late',
      'ar',
      'انقطاع كبير',
      `انقطاع كبير: ${SIGN_IN} – حالة Northwind Cloud`,
      'التحديث الموعود به في 14:45 UTC متأخر.',
    ],
    ['quiet', 'en', 'Operational', 'Northwind Cloud status: all systems operational', 'Everything is working'],
    ['quiet', 'ar', 'يعمل', 'حالة Northwind Cloud: جميع الأنظمة تعمل', 'كل شيء يعمل'],
    [
      'maintained',
      'en',
      'Under maintenance',
      'Under maintenance: Maintenance is under way – Northwind Cloud status',
      'Maintenance is under way',
    ],
    ['open incident', 'en', 'Major outage', `${SIGN_IN} – Northwind Cloud status`, 'Next update by 14:45 UTC'],
    [
      'late incident',
      'ar',
      'انقطاع كبير',
      `${SIGN_IN} – حالة Northwind Cloud`,
      'التحديث الموعود به في 14:45 UTC متأخر.',
    ],
    [
      'resolved incident',
      'en',
      'Resolved',
      `${SIGN_IN} (resolved) – Northwind Cloud status`,
      '13:56–15:32 UTC · 1 h 36 min',
    ],
    [
      'component in trouble',
      'en',
      'Major outage',
      'Login – Northwind Cloud status',
      '99.97% uptime over the 90 days observed.',
    ],
    [
      'running maintenance',
      'en',
      'In progress',
      'New disks for Storage EU – Northwind Cloud status',
      '14:00–16:00 UTC',
    ],
    ['running maintenance', 'ar', 'جارية', 'New disks for Storage EU – حالة Northwind Cloud', '14:00–16:00 UTC'],
    [
      'cancelled maintenance',
      'en',
      'Cancelled',
      'Change of our name servers – Northwind Cloud status',
      '10:00–11:00 UTC',
    ],
  ] as const)(
    'of %s (%s) is the state in words, the title and what was promised',
    async (name, language, state, title, promise) => {
      const { path } = sampleCases.find((each) => each.name === name && each.language === language)!
      await open(plain, path, false)
      expect(await plain.title()).toBe(title)
      const main = await wordsOf(plain, 'main')
      expect(main.slice(0, 120)).toContain(state)
      expect(main.replace(/[\u2066-\u2069]/g, '')).toContain(promise)
    },
  )
})
