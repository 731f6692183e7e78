import type { Page } from 'playwright-core'
import { afterEach, expect, it } from 'vitest'
import { composerDrafts } from '../../db/schema.ts'
import { actingAs } from '../support/acting.ts'
import { browserForFile, faultsOf, sidewaysPixels } from '../support/browser.ts'
import { holdFor } from '../support/holding.ts'
import { startStory } from '../support/service.ts'
import { soon, staff } from '../support/storytelling.ts'
import { PASSWORD } from '../support/world.ts'

const story = await startStory({ ROLES: 'web' })
await holdFor(actingAs(story.db, story.clock), 'PT0S')
const browser = browserForFile()
const priya = await staff(story, 'commander', 'Priya Nair')
afterEach(async () => {
  await story.db.delete(composerDrafts)
})

/** Everything that somebody without a mouse presses, counted. */
function keyboardOf(page: Page) {
  let pressed = 0
  const press = async (key: string) => {
    pressed += 1
    await page.keyboard.press(key)
  }
  const type = async (text: string) => {
    pressed += text.length
    await page.keyboard.type(text)
  }
  /** Tabs until what has the focus matches. */
  const tabTo = async (selector: string) => {
    for (let tabs = 0; tabs < 40; tabs += 1) {
      if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return
      await press('Tab')
    }
    throw new Error(`No Tab leads to ${selector}.`)
  }
  return { press, type, tabTo, pressed: () => pressed }
}

async function signedIn(script: boolean): Promise<Page> {
  const page = await browser.page({ script, width: 360 })
  await page.goto(`${story.url}/console`)
  await page.getByLabel(/email/i).fill(priya.email)
  await page.getByLabel(/password/i).fill(PASSWORD)
  await page.getByRole('button', { name: /sign in/i }).click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  return page
}

it.each([true, false])(
  'a SEV1 is declared and spoken of with two inputs and at most 45 keys on a phone, script %s (C6)',
  async (script) => {
    const page = await signedIn(script)
    await page.goto(`${story.url}/console/declare`)
    expect(await page.locator(':required:not([type=radio])').count()).toBe(1)
    const keys = keyboardOf(page)
    await keys.press('Tab')
    await keys.press('Enter')
    await keys.tabTo('[name=severity]')
    await keys.press('Space')
    const critical = /There has been a critical problem with .* since/
    if (script) await expect.poll(() => page.locator('#body').inputValue()).toMatch(critical)
    await keys.tabTo('#title')
    await keys.type('Sign-in fails')
    await keys.press('Enter')
    await page.getByText('Declared. You command until you hand over.').waitFor()
    expect(keys.pressed()).toBeLessThanOrEqual(45)
    const room = new URL(page.url()).pathname
    const said = (await story.api('GET', room.replace('/console', ''))).body
    expect(said).toMatchObject({ title: 'Sign-in fails', severity: 'SEV1', first_public_update_at: expect.any(String) })
    expect(said.updates[0].body).toMatch(script ? critical : /We are looking into a problem/)
    expect(await sidewaysPixels(page)).toBe(0)
    if (script) expect(await faultsOf(page)).toEqual([])
  },
)

it.each([true, false])(
  'the composer starts from ready words and says what is to be filled in, script %s',
  async (script) => {
    const { body } = await story.api('POST', '/incidents', {
      title: 'Slow',
      severity: 'SEV2',
      body: 'It is slow.',
      commander_id: priya.id,
    })
    const page = await signedIn(script)
    await page.goto(`${story.url}/console/incidents/${body.id}`)
    await page.getByLabel('Start from').selectOption({ label: 'Over' })
    const use = page.getByRole('button', { name: 'Use these words' })
    if (!script) await use.click()
    await page.getByText('Fill in before it goes out:').waitFor()
    expect(await use.count()).toBe(script ? 0 : 1)
    expect(await page.getByRole('radio', { name: 'Resolved' }).isChecked()).toBe(true)
    const text = page.locator('#compose #body')
    await page.getByRole('button', { name: /^post to/i }).click()
    await page.getByText('Nothing was sent. Your text is kept.').waitFor()
    const words = await text.inputValue()
    await text.fill(words.replaceAll(/\{\{(?!duration)[^}]*\}\}/g, 'none'))
    if (script) await expect.poll(() => page.getByText('Fill in before it goes out:').isVisible()).toBe(false)
    await page.getByRole('button', { name: /^post to/i }).click()
    await page.getByText('Posted. The clock starts afresh.').waitFor()
    await soon(async () => {
      const { updates } = (await story.api('GET', `/incidents/${body.id}`)).body
      expect(updates[0].body).toContain('It lasted less than a minute')
    })
  },
)
