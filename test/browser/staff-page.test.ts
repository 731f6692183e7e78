import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LANGUAGES } from '../../api/domain/pages.ts'
import type { PrivatePages } from '../../api/domain/private-page.ts'
import type { StaffPages } from '../../api/domain/staff-page.ts'
import { loadRenderer } from '../../api/publish/renderer.ts'
import { browserForFile, faultsOf, sidewaysPixels } from '../support/browser.ts'
import { quietStaffPage, staffPage, staffSubscribePage } from '../support/staff-samples.ts'

const browser = browserForFile()
const renderer = await loadRenderer<StaffPages & PrivatePages>(join(import.meta.dirname, '..', '..'))
const { company } = staffPage
const PAGES = [
  ['the staff page in trouble', () => renderer.render('/staff', staffPage)],
  ['the staff page on a quiet day', () => renderer.render('/staff', quietStaffPage)],
  ...LANGUAGES.map(
    (language) =>
      [
        `a link that has ended (${language})`,
        () => renderer.render('/private/closed', { company, ended: true }, language),
      ] as const,
  ),
] as const

test.each([
  ...PAGES,
  ['the forms for subscribing', () => renderer.render('/staff/subscribe', staffSubscribePage)] as const,
])('%s keeps nobody out, by day or by night, and fits every screen', async (name, html) => {
  const page = await browser.page({ script: true })
  await page.setContent(await html())
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await faultsOf(page, colorScheme === 'dark' ? ['color-contrast'] : null)).toEqual([])
  }
  for (const width of [320, 390, 1280]) {
    await page.setViewportSize({ width, height: 800 })
    expect(await sidewaysPixels(page)).toBe(0)
  }
  // Nothing copies without the script, so no button says that it would.
  const forms = name === 'the forms for subscribing' ? 3 : 0
  expect(await page.getByRole('button').count()).toBe(forms)
  await page.context().close()
})
