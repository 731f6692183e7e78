import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { setPassword } from '../../api/actions/set-up.ts'
import { sessions } from '../../db/schema.ts'
import { somePerson } from '../support/acting.ts'
import { browserForFile, faultsOf, sidewaysPixels } from '../support/browser.ts'
import { startStory } from '../support/service.ts'
import { soon } from '../support/storytelling.ts'

const story = await startStory()
const browser = browserForFile()
const priya = await somePerson(story.db, 'admin', 'Priya Nair')
await story.db.transaction((tx) => setPassword(tx, priya.id, 'correct horse battery'))
await story.api('POST', '/components', { name: 'Login' })

async function signIn(page: Page): Promise<void> {
  await page.goto(`${story.url}/console`)
  await page.getByLabel(/email/i).fill(priya.email)
  await page.getByLabel(/password/i).fill('correct horse battery')
  await page.getByRole('button', { name: /sign in/i }).click()
  await page.getByRole('heading', { level: 1 }).waitFor()
}

/** The public page as somebody reads it who has no account and, if told so, no script. */
async function read(path: string, script: boolean): Promise<Page> {
  const page = await browser.page({ script })
  await page.goto(`${story.url}${path}`)
  return page
}

const mailbox = async (): Promise<string[]> => {
  const folder = join(story.folder, 'mailbox')
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).sort()
  return Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
}

describe.each([true, false])('with script %s', (script) => {
  const title = `Sign-in fails, script ${script}`

  it('a commander declares, posts and resolves on a phone, and customers read each word', async () => {
    const page = await browser.page({ script })
    await signIn(page)
    await page.goto(`${story.url}/console/declare`)
    expect(await sidewaysPixels(page)).toBe(0)
    await page.getByText('SEV1 Critical').click()
    await page.getByLabel('Title').fill(title)
    await page.getByLabel(/first words/i).fill('Some customers cannot sign in. We are looking into it.')
    await page.getByRole('button', { name: /declare/i }).click()
    await page.getByRole('heading', { level: 1, name: title }).waitFor()

    await soon(async () => {
      const outside = await read('/', script)
      expect(await outside.locator('body').textContent()).toContain('Some customers cannot sign in.')
      expect(await outside.locator('body').textContent()).toMatch(/Next update by\s*\d\d:\d\d/)
    })

    await page.getByText('Identified', { exact: true }).first().click()
    await page.getByLabel(/wording/i).fill('A change is being rolled back.')
    await page.getByRole('button', { name: /^post/i }).click()
    await page.getByText('number 2').first().waitFor()

    await page.getByText('Resolved', { exact: true }).first().click()
    await page.getByLabel(/wording/i).fill('Sign-in works everywhere again. No data was lost.')
    await page.getByRole('button', { name: /^post/i }).click()
    await page.getByRole('button', { name: /reopen/i }).waitFor()
    await soon(async () => {
      const outside = await read('/', script)
      expect(await outside.locator('body').textContent()).toContain('Sign-in works everywhere again.')
    })
  })

  it('what was typed survives a session that ended meanwhile', async () => {
    const page = await browser.page({ script })
    await signIn(page)
    await page.goto(`${story.url}/console/declare`)
    await page.getByText('SEV3 Minor').click()
    await page.getByLabel('Title').fill(`Kept through the sign-in ${script}`)
    await page.getByLabel(/first words/i).fill('Typed before the session ended.')
    await story.db.delete(sessions)
    await page.getByRole('button', { name: /declare/i }).click()
    await page.getByLabel(/password/i).waitFor()
    await page.getByLabel(/email/i).fill(priya.email)
    await page.getByLabel(/password/i).fill('correct horse battery')
    await page.getByRole('button', { name: /sign in/i }).click()
    await page.getByLabel('Title').waitFor()
    expect(await page.getByLabel('Title').inputValue()).toBe(`Kept through the sign-in ${script}`)
    expect(await page.getByLabel(/first words/i).inputValue()).toBe('Typed before the session ended.')
  })

  it('somebody signs up on the page by mail and confirms with the button', async () => {
    const address = `lena-${script}@customer.example`
    const page = await read('/subscribe', script)
    await page
      .getByLabel(/email address|^address|^email/i)
      .first()
      .fill(address)
    await page
      .getByRole('button', { name: /confirm|send/i })
      .first()
      .click()
    await page.getByRole('heading', { level: 1 }).waitFor()
    const letter = await soon(async () => {
      const found = (await mailbox()).find((mail) => mail.includes(address))
      expect(found).toBeDefined()
      return found!
    })
    const link = /https?:\/\/[^\s"<>]*\/subscriptions\/confirm\?token=[\w.-]+/.exec(
      letter.replaceAll('=\r\n', '').replaceAll('=3D', '='),
    )![0]
    await page.goto(link)
    await page.getByRole('button').first().click()
    await soon(async () => expect(await page.locator('body').textContent()).toMatch(/confirmed|will hear|subscribed/i))
  })
})

describe('the public pages', () => {
  it.each([
    ['light', 1280],
    ['dark', 390],
    ['light', 320],
  ] as const)('have no accessibility fault in %s at %s px and fit the window', async (colorScheme, width) => {
    for (const path of ['/', '/subscribe', '/nowhere']) {
      const page = await browser.page({ width, colorScheme })
      await page.goto(`${story.url}${path}`)
      expect(await sidewaysPixels(page), path).toBe(0)
      const blocked = await faultsOf(page).catch((error: Error) => [error.message])
      expect(blocked, path).toEqual([])
    }
  })

  it('ask nobody else for anything', async () => {
    const page = await browser.page()
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.goto(`${story.url}/`)
    expect(asked.filter((url) => !url.startsWith(story.url) && !url.startsWith('data:'))).toEqual([])
    expect(asked.filter((url) => !/^data:|\/(status|heartbeat)\.json$/.test(url))).toHaveLength(1)
  })
})
