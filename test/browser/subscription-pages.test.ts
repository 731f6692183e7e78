import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LANGUAGES } from '../../api/domain/pages.ts'
import { loadRenderer, type Renderer } from '../../api/publish/renderer.ts'
import { browserForFile, faultsOf, sidewaysPixels } from '../support/browser.ts'
import { SAMPLES } from '../support/page-samples.ts'

const browser = browserForFile()
let renderer: Renderer
let page: Page
beforeAll(async () => {
  renderer = await loadRenderer(join(import.meta.dirname, '..', '..'))
  page = await browser.page({ script: true })
}, 300_000)
afterAll(() => page?.context().close())

const cases = Object.keys(SAMPLES)
  .filter((name) => SAMPLES[name]![0].startsWith('/subscription'))
  .flatMap((name) => LANGUAGES.map((language) => [name, language] as const))

describe.each(cases)('%s (%s)', (name, language) => {
  test('keeps nobody out, by day or by night, and fits the smallest phone', async () => {
    const [route, handed] = SAMPLES[name]!
    await page.setContent(await renderer.render(route, handed as never, language))
    for (const details of await page.locator('details').all())
      await details.evaluate((each) => each.setAttribute('open', ''))
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await faultsOf(page, colorScheme === 'dark' ? ['color-contrast'] : null)).toEqual([])
    }
    await page.setViewportSize({ width: 320, height: 640 })
    expect(await sidewaysPixels(page)).toBe(0)
  })
})
