/**
 * One story through the doors of a service that runs: the first person sets up, a key is made by the command line, an
 * incident is declared by the API, and customers read it. `node test/smoke.ts TITLE BASE_URL LOG_OF_THE_SERVICE`, with
 * the settings of that service in the environment. Prints a line for each step; ends at the first that fails.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const [title = '', base = '', log = ''] = process.argv.slice(2)
const TITLE = 'Sign-in fails for some customers'
/** How long a first start may take, the building of the site included, and how long customers may wait for words. In milliseconds. */
const STARTS_WITHIN = 120_000
const SHOWN_WITHIN = 20_000

const link = await step('starts and prints where to set up', setUpLink)
await step('is set up by its form', () => setUp(link))
const key = await step('makes a key by the command line', makeKey)
const incident = await step('takes an incident by the API', () => declare(key))
await step('shows it on the page', () => shows('/', TITLE))
await step('shows it on a page of its own', () => shows(`/incidents/${incident}`, TITLE))
await step('shows it to machines', () => shows('/status.json', incident))
await step('shows it in the feed', () => shows('/history.rss', TITLE))

async function step<Result>(what: string, does: () => Promise<Result>): Promise<Result> {
  try {
    const result = await does()
    process.stdout.write(`ok ${title}: ${what}\n`)
    return result
  } catch (error) {
    process.stdout.write(`not ok ${title}: ${what}\n${error instanceof Error ? error.message : error}\n`)
    return process.exit(1)
  }
}

/** The line that a first start prints (contract section 1), once the service is ready. */
async function setUpLink(): Promise<string> {
  const giveUp = performance.now() + STARTS_WITHIN
  for (;;) {
    const said = await readFile(log, 'utf8').catch(() => '')
    const found = /Set up: (\S+)/.exec(said)?.[1]
    if (found && said.includes('Sitrep is ready')) return found
    assert.ok(!/does not start|npm error/.test(said), said)
    assert.ok(performance.now() < giveUp, `no "Set up: …" within ${STARTS_WITHIN / 1000} seconds`)
    await pause(100)
  }
}

/** Fills in the form as a browser without script does, hidden fields included. */
async function setUp(link: string): Promise<void> {
  const form = await (await fetch(link)).text()
  const hidden = [...form.matchAll(/<input\b[^>]*type="hidden"[^>]*>/g)].map(([input]) => [
    of(input, 'name'),
    of(input, 'value'),
  ])
  const fields = {
    name: 'Ada Admin',
    email: 'ada@example.com',
    password: 'a long enough password 4711',
    organisation: 'Example Company',
    contact: 'support@example.com',
  }
  const answer = await fetch(link, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: new URL(link).origin, 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams([...hidden, ...Object.entries(fields)]),
  })
  assert.ok(answer.status < 400, `setup answers ${answer.status}: ${await answer.text()}`)
}

const of = (input: string, attribute: string): string => new RegExp(`\\b${attribute}="([^"]*)"`).exec(input)?.[1] ?? ''

async function makeKey(): Promise<string> {
  const words = ['run', '--silent', 'sitrep', '--', 'key', 'create', '--name', 'smoke', '--role', 'admin']
  return (await run('npm', words)).stdout.trim()
}

async function declare(key: string): Promise<string> {
  const answer = await fetch(`${base}/api/v1/incidents`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ title: TITLE, severity: 'SEV2', body: 'We are looking into it.' }),
  })
  const text = await answer.text()
  assert.equal(answer.status, 201, text)
  return (JSON.parse(text) as { id: string }).id
}

async function shows(path: string, words: string): Promise<void> {
  const giveUp = performance.now() + SHOWN_WITHIN
  for (;;) {
    const text = await (await fetch(`${base}${path}`)).text()
    if (text.includes(words)) return
    assert.ok(performance.now() < giveUp, `${path} does not say "${words}" within ${SHOWN_WITHIN / 1000} seconds`)
    await pause(100)
  }
}
