import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { AxeResults } from 'axe-core'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ConsoleScreens } from '../../api/domain/screens.ts'
import { loadRenderer } from '../../api/publish/renderer.ts'
import { launchChromium } from '../support/chromium.ts'
import { type ScreenServer, serveScreens } from '../support/screen-server.ts'
import { cases } from '../support/screens.ts'

let browser: Browser
let server: ScreenServer
let axe: string
beforeAll(async () => {
  const renderer = await loadRenderer<ConsoleScreens>(join(import.meta.dirname, '..', '..'))
  server = await serveScreens(renderer)
  browser = await launchChromium()
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
}, 300_000)
afterAll(async () => {
  await browser?.close()
  await server?.close()
})

/** What is to be seen; not the same as the text of the document, where parts are hidden. */
const seen = (part: Locator) => part.innerText()

interface Look {
  width: number
  colorScheme: 'light' | 'dark'
  script?: boolean
}

async function withPage<Result>({ width, colorScheme, script = true }: Look, use: (page: Page) => Promise<Result>) {
  const context = await browser.newContext({ viewport: { width, height: 844 }, colorScheme, javaScriptEnabled: script })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  try {
    return { result: await use(page), complaints }
  } finally {
    await context.close()
  }
}

const LOOKS: Look[] = [
  { width: 390, colorScheme: 'dark' },
  { width: 1280, colorScheme: 'light' },
]

/** Runs in the page. */
const violations = async () => {
  const { axe } = globalThis as unknown as { axe: { run(): Promise<AxeResults> } }
  const { violations } = await axe.run()
  return violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.target.join(' ')).join(', ')}`)
}

/** Runs in the page: what one presses and would miss with a thumb. Links within sentences may be as high as a line. */
const smallTargets = () => {
  const inSentence = (element: Element) => element.tagName === 'A' && getComputedStyle(element).display === 'inline'
  const covered = (element: Element) => element.tagName === 'INPUT' && element.closest('label') !== null
  return [
    ...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea, summary, label:has(input)'),
  ]
    .filter((element) => !element.matches('.skip') && !inSentence(element) && !covered(element))
    .filter((element) => element.getBoundingClientRect().width > 0 && element.getBoundingClientRect().height < 43.5)
    .map((element) => element.outerHTML.slice(0, 90))
}

describe.each(LOOKS)('at $width px, $colorScheme', (look) => {
  test.each(cases.map(({ name }) => name))('%s has nothing that keeps anybody out', async (name) => {
    const { result, complaints } = await withPage(look, async (page) => {
      await page.goto(`${server.url}/${name}`)
      await page.evaluate(axe)
      return page.evaluate(violations)
    })
    expect(result).toEqual([])
    expect(complaints.filter((complaint) => !complaint.includes('frame'))).toEqual([])
  })
})

describe('on the smallest phone', () => {
  test.each(cases.map(({ name }) => name))(
    '%s does not scroll sideways and every target is 44 px high',
    async (name) => {
      const { result } = await withPage({ width: 320, colorScheme: 'light' }, async (page) => {
        await page.goto(`${server.url}/${name}`)
        const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
        return { sideways, small: await page.evaluate(smallTargets) }
      })
      expect(result).toEqual({ sideways: 0, small: [] })
    },
  )
})

describe('without script', () => {
  const still: Look = { width: 390, colorScheme: 'light', script: false }

  test('the button of the declaration counts whom the chosen severity reaches', async () => {
    const { result } = await withPage(still, async (page) => {
      await page.goto(`${server.url}/declare`)
      const button = page.locator('.post button')
      const before = await seen(button)
      await page.locator('[value=SEV2]').check()
      const chosen = await seen(button)
      await page.locator('[value=internal]').check()
      return [before, chosen, await seen(button)].map((text) => text.replace(/\s+/g, ' '))
    })
    expect(result).toEqual([
      'Declare and tell up to 14,554 people',
      'Declare and tell 12,408 people',
      'Declare, staff only',
    ])
  })

  test('a reason is asked for as soon as the severity changes, and no promise once it is resolved', async () => {
    const { result } = await withPage(still, async (page) => {
      await page.goto(`${server.url}/incident`)
      const before = await page.locator('#severity_reason').isVisible()
      await page.locator('[name=severity][value=SEV2]').check()
      await page.locator('[name=status][value=resolved]').check()
      return [before, await page.locator('#severity_reason').isVisible(), await page.locator('.promising').isVisible()]
    })
    expect(result).toEqual([false, true, false])
  })

  test('the previews of one channel at a time stand before the text on a phone, all beside it on a desk', async () => {
    const shown = (page: Page) =>
      page.locator('.pv').evaluateAll((panes) => panes.filter((pane) => pane.getBoundingClientRect().height > 0).length)
    const { result } = await withPage(still, async (page) => {
      await page.goto(`${server.url}/incident-previewed`)
      const before = await shown(page)
      await page.locator('#pv-sms').check()
      const text = await seen(page.locator('.pv.sms-pv'))
      const [preview, body] = [await page.locator('#preview').boundingBox(), await page.locator('#body').boundingBox()]
      return { before, text, above: preview!.y < body!.y }
    })
    expect(result).toMatchObject({ before: 1, above: true })
    expect(result.text).toContain('133 characters · GSM-7 · 1 segment each · 32 min to reach everyone')
    const { result: desk } = await withPage({ ...still, width: 1280 }, async (page) => {
      await page.goto(`${server.url}/incident-previewed`)
      const [preview, body] = [await page.locator('#preview').boundingBox(), await page.locator('#body').boundingBox()]
      return { panes: await shown(page), beside: body!.x + body!.width <= preview!.x }
    })
    expect(desk).toEqual({ panes: 4, beside: true })
  })

  test('a mail in its preview has the styles it brings', async () => {
    const { result, complaints } = await withPage({ ...still, width: 1280, script: true }, async (page) => {
      await page.goto(`${server.url}/incident-previewed`)
      const mail = page.frameLocator('.pv.email iframe').locator('p')
      return mail.evaluate((words) => getComputedStyle(words).padding)
    })
    expect(result).toBe('16px')
    expect(complaints).toEqual([])
  })

  test('the navigation stands in one line of a phone, and the rest opens below it with large targets', async () => {
    const { result } = await withPage(still, async (page) => {
      await page.goto(`${server.url}/home`)
      const boxes = await page
        .locator('.bar nav > ul > li')
        .evaluateAll((all) => all.map((each) => (each as HTMLElement).offsetTop))
      const folded = await page.locator('.menu a').first().isVisible()
      await page.locator('.menu summary').click()
      const places = await seen(page.locator('.menu > ul'))
      return { lines: new Set(boxes).size, folded, places, small: await page.evaluate(smallTargets) }
    })
    expect(result).toMatchObject({ lines: 1, folded: false, small: [] })
    expect(result.places.split(/\s*\n\s*/)).toEqual(
      expect.arrayContaining(['Metrics', 'Cadence', 'People', 'Alert sources', 'Audit', 'Organisation']),
    )
  })

  test('a link to the hand-over opens its form', async () => {
    const { result } = await withPage(still, async (page) => {
      await page.goto(`${server.url}/incident-tired`)
      const before = await page.locator('#handover-note').isVisible()
      await page.locator('.tired a').click()
      return [before, await page.locator('#handover-note').isVisible()]
    })
    expect(result).toEqual([false, true])
  })

  test('the clock says when it was counted', async () => {
    const { result } = await withPage(still, async (page) => {
      await page.goto(`${server.url}/incident`)
      return seen(page.locator('.clock'))
    })
    expect(result).toContain('07:42')
    expect(result).toContain('14:45 UTC')
    expect(result).toContain('Counted at 14:37:18')
  })
})
