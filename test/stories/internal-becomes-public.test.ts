import { expect, it } from 'vitest'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { follow, publishedJson, soon } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const story = await startStory(carriedBy(smtp, twilio))
await follow(story, 'email', 'lena@customer.example')

it('keeps the words of before inside when an incident becomes public', async () => {
  const inside = { title: 'CANARY title', severity: 'SEV1', visibility: 'internal', body: 'CANARY first.' }
  const { id } = (await story.api('POST', '/incidents', inside)).body
  const path = `/incidents/${id}`
  await story.api('POST', `${path}/updates`, { body: 'CANARY second.', internal_note: 'CANARY aside' })
  await story.api('POST', `${path}/timeline`, { text: 'CANARY note' })
  const shown = await story.api('PATCH', path, { visibility: 'public', title: 'Sign-in fails' })
  expect(shown.status).toBe(200)
  expect((await story.visit(path)).status).toBe(404)
  await story.api('POST', `${path}/updates`, { body: 'Some customers cannot sign in.' })
  await soon(async () => expect((await story.visit(path)).status).toBe(200))
  const [mail] = await smtp.waitFor(1)
  expect(mail!.mail.subject).toBe('Sign-in fails (Northwind Cloud)')
  expect(mail!.raw + mail!.mail.text + mail!.mail.html).not.toContain('CANARY')
  const [entry] = (await publishedJson(story, '/status.json')).incidents
  expect(entry.updates.map((update: { body: string }) => update.body)).toEqual(['Some customers cannot sign in.'])
  for (const file of ['/', path, '/status.json', '/history.rss', '/api/v2/summary.json'])
    expect(await (await story.visit(file)).text(), file).not.toContain('CANARY')
  expect((await story.api('PATCH', path, { visibility: 'internal' })).status).toBe(409)
})
