import { expect, it } from 'vitest'
import { HOUR } from '../../api/domain/duration.ts'
import { actingAs } from '../support/acting.ts'
import { browserForFile, faultsOf, sidewaysPixels } from '../support/browser.ts'
import { manyReaders } from '../support/flooding.ts'
import { holdFor } from '../support/holding.ts'
import { startStory } from '../support/service.ts'
import { soon, staff } from '../support/storytelling.ts'
import { PASSWORD } from '../support/world.ts'

// No worker: who is told is read from the ledger, and a thousand mails need not be written for it.
const story = await startStory({ ROLES: 'web' })
await holdFor(actingAs(story.db, story.clock), 'PT0S')
const browser = browserForFile()
const priya = await staff(story, 'commander', 'Priya Nair')
await manyReaders(story.db)

it.each([true, false])('a commander alone on a phone confirms the seventh message (script %s)', async (script) => {
  await story.clock.advance(2 * HOUR)
  const page = await browser.page({ script, colorScheme: script ? 'dark' : 'light' })
  await page.goto(`${story.url}/console`)
  await page.getByLabel(/email/i).fill(priya.email)
  await page.getByLabel(/password/i).fill(PASSWORD)
  await page.getByRole('button', { name: /sign in/i }).click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  const opened = await story.api('POST', '/incidents', {
    title: `Sign-in fails, script ${script}`,
    severity: 'SEV2',
    body: 'We look into it.',
    commander_id: priya.id,
  })
  const path = `/incidents/${opened.body.id}`
  for (const seq of [2, 3, 4, 5, 6]) await story.api('POST', `${path}/updates`, { body: `Word ${seq}.` })

  await page.goto(`${story.url}/console${path}`)
  await page.getByLabel(/wording/i).fill('The seventh word.')
  await page.getByRole('button', { name: /^post/i }).click()
  await page.getByText('This would be the 7th message in ten minutes to 1,000 people.').waitFor()
  await soon(async () => expect(await (await story.visit(path)).text()).toContain('The seventh word.'))
  expect(await sidewaysPixels(page)).toBe(0)
  if (script) expect(await faultsOf(page)).toEqual([])
  const send = page.getByRole('button', { name: 'Send to 1,000 people' })
  const size = (await send.boundingBox())!
  expect([size.height >= 44, size.x >= 0, size.x + size.width <= 390]).toEqual([true, true, true])

  await page.goto(`${story.url}/console`)
  await page.getByRole('link', { name: 'Send it, or drop it' }).click()
  await send.click()
  await page.getByText('Confirmed. The message goes out.').waitFor()
  expect(await page.getByRole('link', { name: 'Send it, or drop it' }).count()).toBe(0)
  const { body } = await story.api('GET', `${path}/announcements`)
  expect(body.data[0]).toMatchObject({ guard: 'released', reach: 1_000, released_by: priya.id })
})
