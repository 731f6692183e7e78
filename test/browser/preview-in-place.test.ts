import type { FrameLocator, Page } from 'playwright-core'
import { beforeEach, expect, it } from 'vitest'
import { actingAs } from '../support/acting.ts'
import { browserForFile, faultsOf, sidewaysPixels } from '../support/browser.ts'
import { holdFor } from '../support/holding.ts'
import { startStory } from '../support/service.ts'
import { follow, staff } from '../support/storytelling.ts'
import { PASSWORD } from '../support/world.ts'

const story = await startStory({ ROLES: 'web' })
await holdFor(actingAs(story.db, story.clock), 'PT0S')
const browser = browserForFile()
const priya = await staff(story, 'commander', 'Priya Nair')
await follow(story, 'email', 'lena@customer.example')
await follow(story, 'sms', '+4915112345678')

let room: string
beforeEach(async () => {
  const said = { title: 'Sign-in fails', severity: 'SEV2', body: 'Some cannot sign in.', commander_id: priya.id }
  room = `/console/incidents/${(await story.api('POST', '/incidents', said)).body.id}`
})

async function inRoom(look: { script?: boolean; width?: number } = {}) {
  const page = await browser.page(look)
  const complaints: string[] = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(`${story.url}${room}`)
  await page.getByLabel(/email/i).fill(priya.email)
  await page.getByLabel(/password/i).fill(PASSWORD)
  await page.getByRole('button', { name: /sign in/i }).click()
  await page.getByRole('heading', { name: 'Sign-in fails' }).waitFor()
  return { page, complaints }
}

/** How a framed document looks: every style that the browser makes of it. */
const looks = (frame: FrameLocator) =>
  frame.locator('body').evaluate((body) =>
    [body, ...body.querySelectorAll('*')].map((element) => {
      const { color, backgroundColor, padding, fontSize, fontWeight, display, maxWidth } = getComputedStyle(element)
      return [element.tagName, color, backgroundColor, padding, fontSize, fontWeight, display, maxWidth].join(' ')
    }),
  )

const preview = async (page: Page, text: string) => {
  await page.locator('#compose #body').fill(text)
  await page.locator('#compose').getByRole('button', { name: 'Preview' }).click()
  await page.getByText('nothing has been sent').waitFor()
}

it('shows page, mail, SMS and webhook beside the text without leaving the room, as they look without script', async () => {
  const { page, complaints } = await inRoom({ width: 1280 })
  await page.evaluate(() => Object.assign(window, { stayed: true }))
  await preview(page, 'The EU has recovered.')
  expect(await page.evaluate(() => 'stayed' in window)).toBe(true)
  expect(new URL(page.url()).pathname).toBe(room)
  expect(await page.locator('#compose #body').inputValue()).toBe('The EU has recovered.')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('previewed')
  const words = await page.locator('#preview').innerText()
  expect(words).toContain('2 people: 1 by email, 1 by SMS, 0 by webhook.')
  expect(words).toContain('1 in all, which is what the carrier charges for')
  const { page: plain } = await inRoom({ width: 1280, script: false })
  await preview(plain, 'The EU has recovered.')
  for (const part of ['page', 'email']) {
    const inPlace = page.frameLocator(`.pv.${part} iframe`)
    const without = plain.frameLocator(`.pv.${part} iframe`)
    await inPlace.locator('body').waitFor()
    await expect.poll(() => looks(inPlace), { timeout: 15_000 }).toEqual(await looks(without))
    expect(await inPlace.locator('body').innerText()).toContain('The EU has recovered.')
  }
  // The page's own script is not let run in the frame, and the browser says so.
  expect(complaints.filter((complaint) => !complaint.includes('sandboxed'))).toEqual([])
  expect(await faultsOf(page)).toEqual([])
})

it('says that the text has changed since, is made anew in its place, and posts what stands in the text', async () => {
  const { page } = await inRoom()
  await preview(page, 'The EU has recovered.')
  const since = page.getByText('The text has changed since. Preview it again.')
  expect(await since.isVisible()).toBe(false)
  await page.locator('#compose #body').fill('The EU works again.')
  await since.waitFor()
  await preview(page, 'The EU works again.')
  await expect.poll(() => since.isVisible(), { timeout: 15_000 }).toBe(false)
  expect(await page.locator('#preview').count()).toBe(1)
  expect(await sidewaysPixels(page)).toBe(0)
  await page
    .locator('#preview')
    .getByRole('button', { name: /^post to/i })
    .click()
  await page.getByText('Posted. The clock starts afresh.').waitFor()
  const { updates } = (await story.api('GET', room.replace('/console', ''))).body
  expect(updates[0].body).toBe('The EU works again.')
})

it('keeps the channel that was looked at, and shows the page in a tab of its own while the room stays as it is', async () => {
  const { page } = await inRoom()
  await preview(page, 'The EU has recovered.')
  await page.locator('#pv-sms').check()
  expect(await page.getByText('The text has changed since. Preview it again.').isVisible()).toBe(false)
  await preview(page, 'The EU works again.')
  await page.locator('.pv.sms-pv', { hasText: 'The EU works again.' }).waitFor()
  expect(await page.locator('#pv-sms').isChecked()).toBe(true)
  await page.locator('#pv-page').check()
  const [alone] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('button', { name: 'Show the page by itself' }).click(),
  ])
  await alone.getByText('The EU works again.').first().waitFor()
  expect(await page.locator('#compose #body').inputValue()).toBe('The EU works again.')
  await page
    .locator('#compose .post')
    .getByRole('button', { name: /^post to/i })
    .click()
  await page.getByText('Posted. The clock starts afresh.').waitFor()
})

it('the button says what it does by what is chosen', async () => {
  const { page } = await inRoom()
  const button = page.locator('#compose .post .go')
  expect(await button.innerText()).toBe('Post to 2 people')
  await page.getByLabel('On the page only').check()
  expect(await button.innerText()).toBe('Post on the page only')
  await page.getByLabel('On the page only').uncheck()
  expect(await button.innerText()).toBe('Post to 2 people')
})

it('is refused beside the field as a post is, with the text kept; unanswered, it says so', async () => {
  const { page } = await inRoom()
  await page.locator('#compose #body').fill('Sign-in works for {{whom}} again.')
  await page.locator('#compose').getByRole('button', { name: 'Preview' }).click()
  await page.getByText('Nothing was sent. Your text is kept.').waitFor()
  expect(await page.locator('#compose #body').inputValue()).toBe('Sign-in works for {{whom}} again.')
  await page.context().setOffline(true)
  await page.locator('#compose').getByRole('button', { name: 'Preview' }).click()
  await page.getByText('No answer, so there is no preview. Your text is still here.').waitFor()
  expect(await page.locator('#compose').getByRole('button', { name: 'Preview' }).isEnabled()).toBe(true)
})
