import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { COMPONENT_STATUSES } from '../../api/domain/component.ts'
import { LANGUAGES } from '../../api/domain/pages.ts'
import { loadRenderer, type Renderer } from '../../api/publish/renderer.ts'
import { browserForFile, sidewaysPixels } from '../support/browser.ts'
import { groupOf, rowOf } from '../support/component-samples.ts'
import { homeQuiet } from '../support/pages.ts'

const browser = browserForFile()
let renderer: Renderer
beforeAll(async () => {
  renderer = await loadRenderer(join(import.meta.dirname, '..', '..'))
}, 120_000)

const rows = COMPONENT_STATUSES.map((status, index) => rowOf(`c0mp0nent00${index}`, `Part ${index}`, status))
const everyState = {
  ...homeQuiet,
  groups: [
    groupOf('gr0up0000001', 'All in all', 'degraded_performance', rows),
    groupOf(null, null, 'degraded_performance', rows),
  ],
}

describe('the words for the state of a component', () => {
  test.each(LANGUAGES.flatMap((language) => [390, 768, 1280].map((width) => [language, width] as const)))(
    'stay within the list, in %s at %d pixels',
    async (language, width) => {
      const page = await browser.page({ script: false, width })
      await page.setContent(await renderer.render('/', everyState, language))
      const over = await page.evaluate(() =>
        [...document.querySelectorAll('.comp .is')].map((state) => {
          const list = state.closest('li, summary')!.getBoundingClientRect()
          const words = document.createRange()
          words.selectNodeContents(state)
          const { left, right } = words.getBoundingClientRect()
          return Math.max(0, right - list.right, list.left - left)
        }),
      )
      expect(over.length).toBeGreaterThanOrEqual(5)
      expect(Math.max(...over)).toBeLessThan(1)
      expect(await sidewaysPixels(page)).toBe(0)
      await page.context().close()
    },
  )
})
