/**
 * One story through the doors of a service that runs: the first person sets up, a key is made by the command line, an
 * incident is declared by the API, and customers read it. `node test/smoke.ts BASE_URL LOG_OF_THE_SERVICE`, with the
 * settings of that service in the environment.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const [base = '', log = ''] = process.argv.slice(2)
const TITLE = 'Sign-in fails for some customers'
/** How long customers may wait for words that were said, in milliseconds. */
const SHOWN_WITHIN = 20_000

await setUp(await setUpLink())
const key = await makeKey()
const incident = await declare(key)
await eventually(`${base}/incidents/${incident}`, TITLE)
await eventually(`${base}/`, TITLE)
await eventually(`${base}/status.json`, incident)
await eventually(`${base}/history.rss`, TITLE)
process.stdout.write('set up, declared, and read by customers\n')

/** The line that a first start prints (contract section 1). */
async function setUpLink(): Promise<string> {
  const link = /Set up: (\S+)/.exec(await readFile(log, 'utf8'))?.[1]
  assert.ok(link, 'a first start prints "Set up: …"')
  return link
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

async function eventually(url: string, words: string): Promise<void> {
  const giveUp = performance.now() + SHOWN_WITHIN
  for (;;) {
    const text = await (await fetch(url)).text()
    if (text.includes(words)) return
    assert.ok(performance.now() < giveUp, `${url} does not say "${words}" within ${SHOWN_WITHIN / 1000} seconds`)
    await pause(100)
  }
}
