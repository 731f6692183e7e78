import { expect, it } from 'vitest'
import { browserForFile, faultsOf, sidewaysPixels } from '../support/browser.ts'
import { startStory } from '../support/service.ts'
import { soon, staff } from '../support/storytelling.ts'
import { PASSWORD } from '../support/world.ts'

const story = await startStory()
const browser = browserForFile()
const priya = await staff(story, 'commander', 'Priya Nair')

it.each([true, false])(
  'a SEV2 update is seen held on a phone, recalled, posted again and out (script %s)',
  async (script) => {
    const page = await browser.page({ script, colorScheme: script ? 'dark' : 'light' })
    await page.goto(`${story.url}/console`)
    await page.getByLabel(/email/i).fill(priya.email)
    await page.getByLabel(/password/i).fill(PASSWORD)
    await page.getByRole('button', { name: /sign in/i }).click()
    await page.getByRole('heading', { level: 1 }).waitFor()
    const title = `Sign-in fails, script ${script}`
    const opened = await story.api('POST', '/incidents', { title, severity: 'SEV2', body: 'We look into it.' })
    const path = `/incidents/${opened.body.id}`
    await page.goto(`${story.url}/console${path}`)
    await page.getByLabel(/wording/i).fill('A typo in thsi word.')
    await page.getByRole('button', { name: /^post/i }).click()

    await page.getByText(/Goes out in\s+00:\d\d/).waitFor()
    expect(await sidewaysPixels(page)).toBe(0)
    if (script) expect(await faultsOf(page)).toEqual([])
    const recall = page.getByRole('button', { name: 'Recall' })
    const size = (await recall.boundingBox())!
    expect([size.height >= 44, size.width >= 300, size.y + size.height <= 844]).toEqual([true, true, true])
    await recall.click()

    const words = page.getByLabel(/wording/i)
    expect(await words.inputValue()).toBe('A typo in thsi word.')
    await words.fill('No typo in this word.')
    await page.getByRole('button', { name: /^post/i }).click()
    await page.getByText(/Goes out in\s+00:\d\d/).waitFor()
    // The script shows the room anew by itself; without it somebody looks again.
    await soon(async () => {
      if (!script) await page.reload()
      expect(await page.getByText('Update 2 published').count()).toBe(1)
      expect(await recall.count()).toBe(0)
    })
    await soon(async () => expect(await (await story.visit(path)).text()).toContain('No typo in this word.'))
    expect(await (await story.visit(path)).text()).not.toContain('thsi')
  },
)
