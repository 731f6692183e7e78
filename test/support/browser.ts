import AxeSource from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { launchChromium } from './chromium.ts'

/** Opens a browser for this test file; each page has a profile of its own. */
export function browserForFile() {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium()
  }, 300_000)
  afterAll(() => browser?.close())
  return {
    /** A page of a phone (390 px) unless told otherwise; `script: false` switches JavaScript off. */
    async page({ script = true, width = 390, height = 844, ...more }: PageOptions = {}): Promise<Page> {
      const context = await browser.newContext({ javaScriptEnabled: script, viewport: { width, height }, ...more })
      return context.newPage()
    },
  }
}

type PageOptions = { script?: boolean; width?: number; height?: number } & BrowserContextOptions

const EVERYTHING = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Accessibility faults of a page as axe sees them, each with its rule and where: WCAG 2.2 A and AA, or `rules` alone. */
export async function faultsOf(page: Page, rules: string[] | null = null): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AxeSource.source)
  return page.evaluate(
    async (runOnly) => {
      // biome-ignore lint/suspicious/noExplicitAny: axe puts itself on the window
      const { violations } = await (window as any).axe.run({ runOnly })
      return violations.flatMap((violation: { id: string; nodes: { target: string[] }[] }) =>
        violation.nodes.map((node) => `${violation.id}: ${node.target.join(' ')}`),
      )
    },
    rules ? { type: 'rule', values: rules } : { type: 'tag', values: EVERYTHING },
  )
}

/** How many pixels a page is wider than its window. */
export const sidewaysPixels = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
