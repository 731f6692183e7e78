import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { statusDocument } from '../../api/domain/status-json.ts'
import { loadRenderer, type Renderer } from '../../api/publish/renderer.ts'
import type { StatusFile } from '../../site/live/data.ts'
import { browserForFile } from '../support/browser.ts'
import { type LiveSite, serveLiveSite } from '../support/live-site.ts'
import { at, homeLate, homeQuiet, homeWrong, incidentOpen, incidentResolved, signIn } from '../support/pages.ts'

const browser = browserForFile()
let renderer: Renderer
let site: LiveSite
let page: Page
/** Looks that were refused: after those the sign of life is not asked for. */
let missed = 0
beforeAll(async () => {
  renderer = await loadRenderer(join(import.meta.dirname, '..', '..'))
}, 120_000)

type Update = StatusFile['incidents'][number]['updates'][number]
const said = (...times: string[]): Update[] => times.map((time) => ({ published_at: time, corrected_at: null }))

/** What `/status.json` says while sign-in fails; a test changes what it is about. */
const entry = {
  id: signIn.id,
  title: signIn.title,
  severity: 'SEV1',
  status: 'identified',
  updates: said(at('14:30'), at('14:15'), at('14:04')),
}
const wrong: StatusFile = {
  components: [{ status: 'major_outage' }, { status: 'operational' }],
  maintenances: [],
  incidents: [entry],
  recent_incidents: [],
}
const withNews: StatusFile = {
  ...wrong,
  incidents: [{ ...entry, updates: [...said(at('14:38')), ...entry.updates] }],
}
const over: StatusFile = {
  components: [{ status: 'operational' }],
  maintenances: [{ status: 'scheduled' }],
  incidents: [],
  recent_incidents: [{ ...entry, status: 'resolved', updates: [...said(at('14:38')), ...entry.updates] }],
}

/** The types of the file that is published and of the one that the script reads agree. */
const asPublished = (file: ReturnType<typeof statusDocument>): StatusFile => file

beforeEach(async () => {
  missed = 0
  site = await serveLiveSite({
    status: wrong,
    heartbeat: { as_of: at('14:37') },
    time: at('14:37'),
  })
  site.pages.set('/', await renderer.render('/', homeWrong))
  site.pages.set('/late', await renderer.render('/', homeLate))
  site.pages.set('/incidents/open', await renderer.render('/incident', incidentOpen))
  site.pages.set('/incidents/over', await renderer.render('/incident', incidentResolved))
})
afterEach(async () => {
  await page.context().close()
  await site.close()
})

interface Reader {
  path?: string
  zone?: string
  /** What the reader's clock says when it is 14:37 UTC. */
  clock?: string
  /** From 0 to 1: how the waits are spread. */
  random?: number
}

/** Opens a page at 14:37 UTC and waits until it has looked for news once. */
async function read({ path = '/', zone = 'Etc/UTC', clock = at('14:37'), random = 0.5 }: Reader = {}) {
  page = await browser.page({ timezoneId: zone })
  await page.addInitScript((value) => Object.assign(Math, { random: () => value }), random)
  await page.clock.install({ time: new Date(clock) })
  await page.clock.pauseAt(new Date(new Date(clock).getTime() + 1000))
  await page.goto(site.url + path)
  // The page asks for nothing but itself at first; a second later it looks.
  expect(site.looks.length).toBe(0)
  await page.clock.runFor(1000)
  await looked(1)
}

/** Waits until the page has asked so many times and has dealt with the answers. */
async function looked(times: number) {
  await expect.poll(() => site.looks.length, { timeout: 5000 }).toBe(times)
  if (!site.failing) await expect.poll(() => site.beats, { timeout: 5000 }).toBe(times - missed)
  else missed += 1
  await page.evaluate(async () => void (await fetch('/probe')))
}

/** Lets time pass for the server as well as for the reader, in steps so small that the two do not drift apart. */
async function pass(seconds: number, step = 10) {
  for (let left = seconds; left > 0; left -= step) {
    const now = Math.min(left, step)
    site.time = new Date(new Date(site.time).getTime() + now * 1000).toISOString()
    if (site.heartbeat) site.heartbeat = { ...site.heartbeat, as_of: site.time }
    await page.clock.runFor(now * 1000)
  }
}

async function nextLook() {
  const before = site.looks.length
  await pass(31)
  await looked(before + 1)
}

const seen = (selector: string) => page.locator(selector).first().innerText()
const news = () => page.locator('#live p').first()
const banner = () => page.locator('#live p').last()
const icon = () => page.locator('link[rel=icon]').getAttribute('href')

describe('word of news', () => {
  test('a new update is announced once, in a region that was there, with a link that loads the page again', async () => {
    await read()
    expect(await news().getAttribute('role')).toBe('status')
    expect(await news().innerText()).toBe('')
    site.status = withNews
    await nextLook()
    expect(await news().innerText()).toBe('New update, 14:38 UTC. Show')
    await page.evaluate(() => {
      const region = document.querySelector('#live p')!
      new MutationObserver(() => Object.assign(window, { again: true })).observe(region, { childList: true })
    })
    await nextLook()
    expect(await page.evaluate(() => 'again' in window)).toBe(false)
    site.pages.set('/', '<title>Newer</title>')
    await page.getByRole('link', { name: 'Show' }).click()
    await page.waitForLoadState()
    expect(await page.title()).toBe('Newer')
  })

  test('focus and scroll stay where they were', async () => {
    await read()
    const support = page.getByRole('link', { name: 'Contact support' })
    await support.focus()
    await page.evaluate(() => window.scrollTo(0, 400))
    site.status = withNews
    await nextLook()
    expect(await news().innerText()).toContain('New update')
    expect(await support.evaluate((link) => link === document.activeElement)).toBe(true)
    expect(await page.evaluate(() => window.scrollY)).toBe(400)
  })

  test('a correction is told as one, and a change of state alone as that', async () => {
    await read()
    const [newest, ...older] = entry.updates
    const corrected = [{ ...newest!, corrected_at: at('14:39') }, ...older]
    site.status = { ...wrong, incidents: [{ ...entry, updates: corrected }] }
    await nextLook()
    expect(await news().innerText()).toBe('An update was corrected, 14:39 UTC. Show')
    site.status = { ...over, recent_incidents: [] }
    await nextLook()
    expect(await news().innerText()).toBe('Status changed: Operational. Show')
  })

  test('title and icon of the tab show the new state', async () => {
    await read()
    const before = await icon()
    expect(await page.title()).toBe('Major outage: Sign-in fails for most customers – Northwind Cloud status')
    site.status = over
    await nextLook()
    expect(await page.title()).toBe('Northwind Cloud status: all systems operational')
    expect(await icon()).not.toBe(before)
    expect(await icon()).toContain('17734b')
  })

  test.each(['in_progress', 'verifying'])('work that is %s counts though it names no component', async (status) => {
    site.status = { ...over, maintenances: [{ status }], recent_incidents: [] }
    site.pages.set('/', await renderer.render('/', { ...homeQuiet, state: 'under_maintenance' }))
    await read()
    expect(await news().innerText()).toBe('')
    expect(await page.title()).toContain('Under maintenance')
    site.status = { ...over, recent_incidents: [] }
    await nextLook()
    expect(await news().innerText()).toBe('Status changed: Operational. Show')
    site.status = { ...over, maintenances: [{ status }], recent_incidents: [] }
    await nextLook()
    expect(await news().innerText()).toBe('Status changed: Under maintenance. Show')
  })

  test("an incident's page hears of its own incident alone", async () => {
    await read({ path: '/incidents/open' })
    const other = { ...entry, id: 'another00000', updates: said(at('14:38')) }
    site.status = { ...wrong, incidents: [other, entry] }
    await nextLook()
    expect(await news().innerText()).toBe('')
    site.status = over
    await nextLook()
    expect(await news().innerText()).toBe('New update, 14:38 UTC. Show')
    expect(await page.title()).toBe('Sign-in fails for most customers (resolved) – Northwind Cloud status')
    expect(await icon()).toContain('17734b')
  })

  test('what is published is what the script reads', () => {
    expect(asPublished).toBeTypeOf('function')
  })
})

describe('looking for news', () => {
  test('asks for changes only', async () => {
    await read()
    await nextLook()
    expect(site.looks.at(-1)).toEqual({ conditional: true })
  })

  test.each([
    [0, 24],
    [1, 36],
  ])('spread by %d, it asks every %d seconds', async (random, seconds) => {
    await read({ random })
    await pass(seconds - 1)
    expect(site.looks).toHaveLength(1)
    await pass(2)
    await looked(2)
  })

  test('after failures it waits twice as long each time, at most five minutes, and recovers', async () => {
    await read()
    site.failing = true
    for (const [index, wait] of [30, 60, 120, 240, 300, 300].entries()) {
      await pass(wait - 2)
      expect(site.looks, `before ${wait} s`).toHaveLength(index + 1)
      await pass(3)
      await looked(index + 2)
    }
    site.failing = false
    await pass(301)
    await looked(8)
    await nextLook()
  })

  test('stops while nobody can see the page, and looks at once when somebody does again', async () => {
    await read()
    await setHidden(true)
    await pass(600, 60)
    expect(site.looks).toHaveLength(1)
    await setHidden(false)
    await looked(2)
  })

  test('can be paused and resumed by a button of 44 pixels', async () => {
    await read()
    const pause = page.getByRole('button', { name: 'Pause' })
    const { height, width } = (await pause.boundingBox())!
    expect(Math.min(height, width)).toBeGreaterThanOrEqual(44)
    await pause.click()
    await pass(600, 60)
    expect(site.looks).toHaveLength(1)
    expect(await seen('#live span')).toBe('This page is not looking for news.')
    await page.getByRole('button', { name: 'Resume' }).click()
    await looked(2)
    expect(await seen('#live span')).toBe('This page looks for news every 30 seconds.')
  })

  const setHidden = (hidden: boolean) =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { value, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }, hidden)
})

describe('the promise', () => {
  test('counts down in minutes, turns late at the deadline and counts on', async () => {
    await read()
    expect(await seen('.due p')).toMatch(/^Next update by\s+14:45 UTC\s+in 8 min$/)
    await pass(7 * 60 + 30)
    expect(await seen('.due p')).toContain('in 1 min')
    await pass(60)
    expect(await seen('.due p')).toMatch(/^The update promised for\s+14:45 UTC\s+is late\.$/)
    expect(await seen('.due .text')).toBe(
      'The team is still at work. What we said at 14:30 UTC is our latest word. We are sorry for the wait.',
    )
    expect(await page.locator('.due.late').count()).toBe(1)
    await pass(180)
    expect(await seen('.due p')).toContain('is 3 min late.')
  })

  test('goes by the clock of the server, not by that of the reader', async () => {
    await read({ clock: at('14:57') })
    expect(await seen('.due p')).toContain('in 8 min')
    expect(await page.locator('.due.late').count()).toBe(0)
  })

  test('that the page already calls late gets its minutes, then hours', async () => {
    site.time = at('14:49')
    await read({ path: '/late', clock: at('14:49') })
    expect(await seen('.due p')).toMatch(/^The update promised for\s+14:45 UTC\s+is 4 min late\.$/)
    await page.getByRole('button', { name: 'Pause' }).click()
    await pass(3 * 3600, 600)
    expect(await seen('.due p')).toContain('is 3 h late.')
  })
})

describe('a publisher that has stopped', () => {
  test('is told after five minutes without a sign of life, and no longer once there is one', async () => {
    await read()
    site.heartbeat = { as_of: at('14:31') }
    site.time = at('14:38')
    await page.clock.runFor(31_000)
    await looked(2)
    expect(await banner().innerText()).toBe('We may not be able to publish. Last word 14:30 UTC.')
    expect(await banner().getAttribute('role')).toBe('status')
    await nextLook()
    expect(await banner().innerText()).toBe('')
  })

  test('is not suspected where no sign of life is published, and its last word has its day when that is past', async () => {
    site.heartbeat = null
    await read()
    expect(await banner().innerText()).toBe('')
    site.heartbeat = { as_of: at('09:00', '2026-11-14') }
    site.time = at('10:00', '2026-11-14')
    await page.clock.runFor(31_000)
    await looked(2)
    expect(await banner().innerText()).toBe('We may not be able to publish. Last word Thu 12 Nov, 14:30 UTC.')
  })
})

describe("the reader's own time", () => {
  test.each([
    ['Europe/Berlin', '15:45 CET'],
    ['America/New_York', '09:45 EST'],
    ['Asia/Kathmandu', '20:30 GMT+5:45'],
    ['Pacific/Kiritimati', 'Fri, 04:45 GMT+14'],
  ])('in %s is %s, beside UTC', async (zone, words) => {
    await read({ zone })
    expect(await seen('.due .local')).toBe(words)
    expect(await seen('.due b')).toBe('14:45 UTC')
    expect(await page.locator('.log .local').count()).toBe(3)
  })

  test('is not written where it is UTC', async () => {
    await read()
    expect(await page.locator('.local').count()).toBe(0)
  })

  test.each([
    ['2026-10-25T00:59:00.000Z', '02:59 CEST'],
    ['2026-10-25T01:00:00.000Z', '02:00 CET'],
    ['2026-03-29T00:59:00.000Z', '01:59 CET'],
    ['2026-03-29T01:00:00.000Z', '03:00 CEST'],
  ])('around a change of clocks, %s is %s in Berlin', async (dueAt, words) => {
    const incident = { ...signIn, promise: { dueAt, late: false, teamAlerted: false } }
    site.pages.set('/', await renderer.render('/', { ...homeWrong, incidents: [incident] }))
    await read({ zone: 'Europe/Berlin' })
    expect(await seen('.due .local')).toBe(words)
  })

  test('stands on pages on which nothing changes as well, and these ask for nothing', async () => {
    page = await browser.page({ timezoneId: 'Europe/Berlin' })
    await page.goto(`${site.url}/incidents/over`)
    expect(await seen('.log .local')).toBe('16:32 CET')
    expect(site.looks).toEqual([])
  })
})

test('in Arabic everything is said in Arabic', async () => {
  site.pages.set('/ar', await renderer.render('/', homeWrong, 'ar'))
  await read({ path: '/ar', zone: 'Asia/Riyadh' })
  site.status = withNews
  await nextLook()
  const texts = [
    await news().innerText(),
    await seen('.due [data-after]'),
    await seen('#live span'),
    await seen('#live button'),
  ]
  for (const text of texts) expect(text).not.toMatch(/[a-z]{4}/)
  expect(await seen('.due .local')).toContain('17:45')
})

test('without script all is readable: times in UTC, and neither button nor relative time', async () => {
  page = await browser.page({ script: false, timezoneId: 'Europe/Berlin' })
  await page.goto(site.url)
  expect(await seen('.due p')).toMatch(/^Next update by\s+14:45 UTC$/)
  expect(await page.locator('.local, #live button').count()).toBe(0)
  expect(await seen('main')).toContain('Affected')
})
