import { eq } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { deliveries } from '../../db/schema.ts'
import { browserForFile, faultsOf, sidewaysPixels } from '../support/browser.ts'
import { startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { follow, soon, staff } from '../support/storytelling.ts'
import { PASSWORD } from '../support/world.ts'

const smtp = await testSmtp()
const story = await startStory({ SMTP_URL: smtp.url, MAIL_FROM: 'Northwind Status <status@northwind.example>' })
const browser = browserForFile()
const priya = await staff(story, 'commander', 'Priya Nair')
for (const name of ['ada', 'bob', 'eve']) await follow(story, 'email', `${name}@customer.example`)

async function signedIn(script: boolean): Promise<Page> {
  const page = await browser.page({ script })
  await page.goto(`${story.url}/console`)
  await page.getByLabel(/email/i).fill(priya.email)
  await page.getByLabel(/password/i).fill(PASSWORD)
  await page.getByRole('button', { name: /sign in/i }).click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  return page
}

/** Waits until the page says so: by itself with script, by asking again without. */
const says = (page: Page, script: boolean, words: string) =>
  soon(async () => {
    if (!script) await page.getByRole('link', { name: 'Count again' }).first().click()
    expect(await page.locator('main').innerText()).toContain(words)
  })

describe.each([true, false])('on a phone, with script %s', (script) => {
  it('the board counts, says who failed and why, and one press sends again what failed', async () => {
    const before = smtp.received.length
    smtp.faults.push({ at: 'rcpt', code: 550, message: '5.7.515 not signed' })
    const opened = await story.api('POST', '/incidents', {
      title: `Sign-in fails, script ${script}`,
      severity: 'SEV2',
      body: 'Some customers cannot sign in.',
    })
    const page = await signedIn(script)
    await page.goto(`${story.url}/console/incidents/${opened.body.id}`)
    await says(page, script, '2 of 3 handed over')
    await page.getByRole('link', { name: /the whole board/i }).click()
    await page.getByRole('heading', { level: 1, name: 'Delivery of update 1' }).waitFor()
    await says(page, script, 'Their server refuses our mail')
    expect(await page.locator('main').innerText()).toMatch(/[abe]\*\*\*@customer\.example/)
    expect(await sidewaysPixels(page)).toBe(0)
    if (script) expect(await faultsOf(page)).toEqual([])

    const retry = page.getByRole('button', { name: 'Retry 1 failed' })
    expect((await retry.boundingBox())!.height).toBeGreaterThanOrEqual(44)
    await retry.click()
    await page.getByText('What failed is on its way again.').waitFor()
    await says(page, script, '3 of 3 handed over')
    expect(await page.getByRole('button', { name: /retry/i }).count()).toBe(0)
    expect(smtp.received.length - before).toBe(3)
  })
})

it('an open board counts on by itself, keeps the focus, and says when nobody answers it', async () => {
  const refusal = { at: 'rcpt', code: 550, message: '5.7.515 not signed' } as const
  smtp.faults.push(refusal, refusal)
  const opened = await story.api('POST', '/incidents', { title: 'Watched', severity: 'SEV2', body: 'We look.' })
  const page = await signedIn(true)
  await page.clock.install()
  await page.goto(`${story.url}/console/incidents/${opened.body.id}`)
  const figures = page.locator('#board')
  const shows = (words: string) =>
    soon(async () => {
      await page.clock.fastForward(60_000)
      expect(await figures.innerText()).toContain(words)
    })
  await shows('Retry 2 failed')
  await page.getByRole('button', { name: 'Retry 2 failed' }).focus()
  await page.evaluate(() => Object.assign(window, { untouched: true }))
  const [row] = await story.db.select().from(deliveries).where(eq(deliveries.state, 'failed'))
  await story.db.update(deliveries).set({ state: 'accepted' }).where(eq(deliveries.id, row!.id))
  await shows('2 of 3 handed over')
  expect(await page.locator(':focus').innerText()).toBe('Retry 1 failed')
  expect(await page.evaluate(() => 'untouched' in window)).toBe(true)
  await page.context().setOffline(true)
  await soon(async () => {
    await page.clock.fastForward(60_000)
    expect(await page.locator('[data-lost]').innerText()).toMatch(/^No answer. These figures are of \d\d:\d\d:\d\d UTC/)
  })
})
