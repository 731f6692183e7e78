import { expect, it } from 'vitest'
import { subscriberLinks, webhookEndpoints } from '../../db/schema.ts'
import { wordsOf } from '../support/forms.ts'
import { testReceiver } from '../support/receiver.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { follow, post, soon } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const receiver = await testReceiver()
const story = await startStory({ ...carriedBy(smtp, twilio), WEBHOOK_ALLOW: receiver.allowed })
const { api } = story
const LENA = 'lena@both.example'
const KAI = '+4915112345671'
const MONA = '+4915112345672'
const OTTO = 'otto@public.example'

const named = async (slug: string) => {
  const audience = (await api('POST', '/audiences', { slug, name: slug.toUpperCase() })).body
  const link = (await api('POST', `/audiences/${audience.id}/links`, { name: 'Desk' })).body
  const vault = (await api('POST', '/components', { name: `Vault of ${slug}`, audience_ids: [audience.id] })).body
  return { ...audience, link, vault }
}
const acme = await named('acme')
const globex = await named('globex')
const login = (await api('POST', '/components', { name: 'Login' })).body
const joins = (subscriberId: string, ...audiences: (typeof acme)[]) =>
  story.db.insert(subscriberLinks).values(audiences.map(({ link }) => ({ subscriberId, linkId: link.id })))
await follow(story, 'email', OTTO)
await joins(await follow(story, 'email', LENA), acme, globex)
await joins(await follow(story, 'sms', KAI), acme)
const mona = await follow(story, 'sms', MONA)
await joins(mona, acme)
await story.db.execute(`update subscribers set locale = 'ar' where id = '${mona}'`)
await post(story, '/subscriptions', {
  channel: 'webhook',
  address: receiver.url('/crm'),
  audience_token: acme.link.token,
})
await soon(async () => expect(await story.db.$count(webhookEndpoints)).toBe(1))

const shut = { status: 'major_outage' }
const declare = async (title: string, ...components: { id: string }[]): Promise<string> => {
  const held = components.map(({ id }) => ({ id, ...shut }))
  return (await api('POST', '/incidents', { title, severity: 'SEV2', body: `${title} today.`, components: held })).body
    .id
}
/** What a mail about this says, text and HTML, when it has come. */
const mailAbout = (title: string, to = LENA) =>
  soon(() => {
    const found = smtp.received.filter((each) => each.to.includes(to) && each.mail.text!.includes(title)).at(-1)
    expect(found).toBeDefined()
    return found!.mail
  })
const newestText = (to: string): Promise<string> =>
  soon(() => {
    const found = twilio.sent.filter((each) => each.to === to).at(-1)
    expect(found).toBeDefined()
    return found!.body
  })
const pathIn = (text: string, pattern: RegExp): string => pattern.exec(text)![0]!.replace(story.url, '')
const PRIVATELY = /https?:\/\/[^\s"]+\/private\/acme\/incidents\/\w+\?token=[\w.-]+/
const SHORTLY = /https?:\/\/\S+\/r\/[\w-]{34}/
const read = async (path: string) => {
  const answer = await story.visit(path)
  return { status: answer.status, words: wordsOf(await answer.text()) }
}

let shutVault = ''
let byMail = ''
let bySms = ''

it('leads to the private page by mail, by a token of the reader alone', async () => {
  shutVault = await declare('The vault is shut', acme.vault)
  const { text, html } = await mailAbout('The vault is shut')
  byMail = pathIn(text!, PRIVATELY)
  expect(html).toContain(byMail)
  expect(text! + html).not.toContain(acme.link.token)
  expect(text! + html).not.toContain(`${story.url}/incidents/${shutVault}`)
  const { status, words } = await read(byMail)
  expect(status).toBe(200)
  expect(words).toContain('The vault is shut today.')
})

it('leads there by a short link in a text message, in every language, within two segments', async () => {
  bySms = pathIn(await newestText(KAI), SHORTLY)
  const answer = await story.visit(bySms)
  expect(answer.status).toBe(303)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
  const { pathname, search } = new URL(answer.headers.get('location')!)
  expect(pathname).toBe(`/private/acme/incidents/${shutVault}`)
  expect((await read(pathname + search)).words).toContain('The vault is shut today.')
  const arabic = await newestText(MONA)
  expect(arabic).toMatch(SHORTLY)
  expect(arabic.length).toBeLessThanOrEqual(134)
})

it('leads there by webhook', async () => {
  const event = await soon(() => {
    const found = receiver.at('/crm').find(({ body }) => body.type === 'incident.update')
    expect(found).toBeDefined()
    return found!.body
  })
  const short = event.incident.shortlink.replace(story.url, '')
  expect(short).toMatch(new RegExp(`^/private/acme/i/${shutVault}\\?token=`))
  expect((await read(short)).words).toContain('The vault is shut today.')
})

it('leads from there only to pages of the same audience, by the same token', async () => {
  const html = await (await story.visit(byMail)).text()
  const token = new URL(byMail, story.url).searchParams.get('token')!
  const links = [...html.matchAll(/href="(\/[^"]*)"/g)].map(([, href]) => href!)
  expect(links.length).toBeGreaterThan(4)
  for (const href of links) expect(href).toMatch(new RegExp(`^/private/acme.*token=${token}`))
  expect(byMail).not.toContain('globex')
})

it('opens no other audience, though its reader belongs to that one too', async () => {
  const elsewhere = byMail.replace('/private/acme', '/private/globex').replace(/\/incidents\/\w+/, '')
  expect((await read(elsewhere)).status).toBe(404)
  await declare('The safe is shut', globex.vault)
  const { text } = await mailAbout('The safe is shut')
  const theirs = pathIn(text!, /https?:\S+\/private\/globex\/\S+/)
  const token = (path: string) => new URL(path, story.url).searchParams.get('token')
  expect(token(theirs)).not.toBe(token(byMail))
  expect(text).not.toContain('acme')
})

it('leads to the page that shows all of it, where an incident concerns public things too', async () => {
  const mixed = await declare('Both are slow', login, acme.vault)
  expect((await mailAbout('Both are slow')).text).toMatch(PRIVATELY)
  expect((await mailAbout('Both are slow', OTTO)).text).toContain(`${story.url}/incidents/${mixed}`)
  const all = smtp.received.filter(({ to }) => to.includes(OTTO)).map(({ raw }) => raw)
  expect(all.filter((raw) => /private\/|Vault/.test(raw))).toEqual([])
})

it('signs up a colleague by the page that it opens', async () => {
  const token = new URL(byMail, story.url).searchParams.get('token')!
  const fields = { channel: 'email', address: 'nora@acme.example', audience_token: token, components: acme.vault.id }
  expect((await post(story, '/subscriptions', fields)).status).toBe(202)
})

it('previews what is private as its audience will read it, without a token', async () => {
  const said = { body: 'We have the spare key.', status: 'identified' }
  const { status, body } = await api('POST', `/incidents/${shutVault}/updates/preview`, said)
  expect(status).toBe(200)
  expect(body.page.html).toContain('We have the spare key.')
  expect(body.email.text).toContain(`/private/acme/incidents/${shutVault}?token=…`)
  expect(body.email.recipients).toBe(1)
  expect(body.sms.text).toMatch(/\/r\/…$/)
  expect(JSON.stringify(body.webhook)).not.toMatch(/token=\w/)
})

it.each([
  ['altered', () => byMail.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')), 404],
  ['for another reader', () => byMail.replace(/token=\w{12}/, `token=${mona}`), 404],
  ['altered and short', () => bySms.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')), 404],
])('opens nothing by a token that is %s', async (_, path, status) => {
  expect((await read(path())).status).toBe(status)
})

it('ends when its reader leaves, and for everybody when the link they came by is revoked', async () => {
  const leave = pathIn((await mailAbout('The vault is shut')).text!, /https?:\S+unsubscribe\?token=\S+/)
  expect((await post(story, leave, { 'List-Unsubscribe': 'One-Click' })).status).toBe(200)
  expect((await read(byMail)).status).toBe(410)
  expect((await story.visit(bySms)).status).toBe(303)
  await api('DELETE', `/audiences/${acme.id}/links/${acme.link.id}`)
  const ended = await read(bySms)
  expect(ended.status).toBe(410)
  expect(ended.words).toContain('This link has ended')
})

it('leaves no token of a page in the logs', () => {
  const token = new URL(byMail, story.url).searchParams.get('token')!
  for (const secret of [token, bySms.slice(3), acme.link.token])
    expect(story.logged.filter((line) => line.includes(secret))).toEqual([])
})
