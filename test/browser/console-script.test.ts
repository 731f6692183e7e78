import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ConsoleScreens } from '../../api/domain/screens.ts'
import { loadRenderer, type Renderer } from '../../api/publish/renderer.ts'
import { launchChromium } from '../support/chromium.ts'
import { type ScreenServer, serveScreens } from '../support/screen-server.ts'

let browser: Browser
let renderer: Renderer<ConsoleScreens>
let server: ScreenServer
let page: Page
beforeAll(async () => {
  renderer = await loadRenderer<ConsoleScreens>(join(import.meta.dirname, '..', '..'))
  browser = await launchChromium()
}, 300_000)
afterAll(() => browser?.close())

beforeEach(async () => {
  server = await serveScreens(renderer)
  page = await browser.newPage()
  await page.clock.install({ time: new Date('2026-11-12T14:37:18.000Z') })
})
afterEach(async () => {
  await page.close()
  await server.close()
})

/** What is to be seen; not the same as the text of the document, where parts are hidden. */
const seen = (selector: string) => page.locator(selector).innerText()

const open = async (name: string) => {
  await page.goto(`${server.url}/${name}`)
  await page.clock.pauseAt(new Date('2026-11-12T14:38:00.000Z'))
}
const minutes = (count: number) => page.clock.runFor(count * 60_000)

describe('the clock of the room', () => {
  test('counts down, becomes an alarm when the promise is broken, and the tab says so', async () => {
    await open('incident')
    expect(await seen('[role=timer]')).toMatch(/^07:/)
    expect(await page.title()).toMatch(/^07:.. Sign-in fails/)
    await minutes(8)
    await expect.poll(() => seen('[role=timer]')).toMatch(/^−0[01]:/)
    expect(await seen('.clock.over')).toContain('late. Promised for 14:45 UTC.')
    expect(await page.title()).toMatch(/^−0[01]:.. Sign-in fails/)
  })

  test('warns in the last quarter of the interval', async () => {
    await open('incident')
    expect(await page.locator('.clock.soon').count()).toBe(0)
    await minutes(4)
    expect(await page.locator('.clock.soon').count()).toBe(1)
  })

  test('speaks to ears at five minutes, at one minute and at the promise, and not in between', async () => {
    await open('incident')
    const region = page.locator('[data-announce]')
    const heard: string[] = []
    for (let minute = 0; minute < 10; minute += 1) {
      await minutes(1)
      const words = (await region.textContent()) ?? ''
      if (words !== '' && words !== heard.at(-1)) heard.push(words)
    }
    expect(heard).toEqual([
      '5 minutes to the promised update.',
      '1 minute to the promised update.',
      'The promised update is late.',
    ])
  })
})

test('the menu closes by Escape, with the focus back on it, and by a press anywhere else', async () => {
  await open('home-calm')
  const places = page.locator('.menu > ul')
  await page.locator('.menu summary').click()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Escape')
  expect(await places.isVisible()).toBe(false)
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('More')
  await page.keyboard.press('Enter')
  expect(await places.isVisible()).toBe(true)
  await page.mouse.click(5, 700)
  expect(await places.isVisible()).toBe(false)
})

test('the list of open incidents turns alarm and recounts when a promise is broken in an open tab', async () => {
  await open('home-calm')
  expect(await seen('h1')).toBe('Nothing is late')
  await minutes(8)
  expect(await seen('h1')).toBe('1 update is late')
  expect(await seen('li.over a.go')).toBe('Post the update')
  expect(await page.title()).toBe('1 late, 1 open – Sitrep')
})

describe('the composer', () => {
  test('posts once however often the button is pressed; the button keeps its width and says what it does', async () => {
    await open('incident')
    const button = page.locator('.post .go')
    const width = (await button.boundingBox())!.width
    const pressed = await button.evaluate((element: HTMLButtonElement) => {
      element.click()
      element.click()
      return { text: element.textContent, busy: element.ariaBusy, width: element.getBoundingClientRect().width }
    })
    expect(pressed).toEqual({ text: 'Posting…', busy: 'true', width: expect.closeTo(width, 0) })
    await expect.poll(() => server.posts.length).toBe(1)
    expect(server.posts[0]!.fields).toMatchObject({ status: 'identified', version: '9', next_update_in: 'PT15M' })
    expect(server.posts[0]!.fields).not.toHaveProperty('no_change')
    server.answer()
  })

  test('says with the post that nothing has changed when that button was pressed', async () => {
    await open('incident')
    await page.locator('[name=no_change]').evaluate((element: HTMLButtonElement) => element.click())
    await expect.poll(() => server.posts[0]?.fields.no_change).toBe('true')
    server.answer()
  })

  test('keeps the typed text on the server, at most every five seconds', async () => {
    await open('incident')
    await page.locator('#body').fill('First')
    await page.locator('#body').fill('First words')
    await page.clock.runFor(4000)
    expect(server.posts).toEqual([])
    await page.clock.runFor(1500)
    await expect.poll(() => server.posts.length).toBe(1)
    expect(server.posts[0]).toMatchObject({
      path: '/console/drafts',
      fields: { form: 'incident:k3f9a7c2m1qz', body: 'First words', severity: 'SEV1' },
    })
    await expect.poll(() => seen('[data-saved]')).toMatch(/^Last saved 14:38:/)
  })

  test('offers what a reason buys in an old incident, and asks for the reason only where it takes one', async () => {
    await open('incident-long')
    const reason = page.locator('#extension_reason')
    const choice = (value: string) => page.locator(`[name=next_update_in][value=${value}]`)
    expect(await reason.isVisible()).toBe(false)
    expect(await choice('PT45M').isDisabled()).toBe(true)
    await choice('PT30M').check()
    expect(await reason.isVisible()).toBe(true)
    await page.locator('[name=status][value=monitoring]').check()
    expect(await reason.isVisible()).toBe(false)
    expect(await choice('PT45M').isDisabled()).toBe(false)
    await choice('PT45M').check()
    await page.locator('[name=status][value=identified]').check()
    expect(await page.locator('[name=next_update_in]:checked').getAttribute('value')).toBe('PT15M')
  })

  test('keeps a declaration too, without the number that its own button needs', async () => {
    await open('declare')
    await page.locator('#title').fill('Sign-in fails')
    await page.clock.runFor(5500)
    await expect.poll(() => server.posts.length).toBe(1)
    expect(server.posts[0]).toMatchObject({
      path: '/console/drafts',
      fields: { form: 'declare', title: 'Sign-in fails' },
    })
    expect(server.posts[0]!.fields).not.toHaveProperty('once')
  })

  test('offers no interval that the cadence forbids for what is chosen, and names the promised time', async () => {
    await open('incident')
    const long = page.locator('[name=next_update_in][value=PT30M]')
    expect(await long.isDisabled()).toBe(true)
    await page.locator('[name=severity][value=SEV2]').check()
    expect(await long.isDisabled()).toBe(false)
    await long.check()
    expect(await seen('.promising')).toContain('the page promises 15:08 UTC')
    await page.locator('[name=severity][value=SEV1]').check()
    expect(await page.locator('[name=next_update_in]:checked').getAttribute('value')).toBe('PT15M')
  })
})
