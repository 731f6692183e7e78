import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { deliveries, subscribers, webhookEndpoints } from '../../db/schema.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { testReceiver } from '../support/receiver.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { askForNoBriefings, follow, post, signIn, soon, staff } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const receiver = await testReceiver()
const story = await startStory({ ...carriedBy(smtp, twilio), WEBHOOK_ALLOW: receiver.allowed })
await askForNoBriefings(story)
const { api } = story
const link = (await api('POST', '/staff-links', { name: 'Support' })).body
const other = (await api('POST', '/staff-links', { name: 'Sales' })).body
const acme = (await api('POST', '/audiences', { slug: 'acme', name: 'Acme GmbH' })).body
const vault = (await api('POST', '/components', { name: 'Vault', audience_ids: [acme.id] })).body
const login = (await api('POST', '/components', { name: 'Login' })).body

const DESK = 'desk@house.example'
const SALES = 'sales@house.example'
const LENA = 'lena@customer.example'
const PHONE = '+4915112345671'
await follow(story, 'email', LENA)
/** Reads the public page like everybody else, besides being one of staff. */
await follow(story, 'email', DESK)

const mailsTo = (address: string) => smtp.received.filter(({ to }) => to.includes(address)).map(({ mail }) => mail)
const mailTo = (address: string, words: string | RegExp) =>
  soon(() => {
    const found = mailsTo(address)
      .filter(({ text }) => text!.match(words))
      .at(-1)
    expect(found).toBeDefined()
    return found!
  })
const pathIn = (text: string, pattern: RegExp) => pattern.exec(text)![0]!.replace(story.url, '')
const CONFIRM = /https?:\S+confirm\?token=\S+/
/** Posts a form of the staff page, as a browser does that has it open. */
const ask = (path: string, fields: Record<string, string>) => post(story, path, fields, { origin: story.url })
const SUBSCRIPTIONS = `/staff/subscriptions?token=${link.token}`
/** Signs up through the form of a link and confirms by the mail. */
async function joins(address: string, door = link.token, fields: Record<string, string> = {}): Promise<void> {
  const answer = await ask(`/staff/subscriptions?token=${door}`, { channel: 'email', address, ...fields })
  expect(answer.status).toBe(202)
  const confirm = pathIn((await mailTo(address, CONFIRM)).text!, CONFIRM)
  expect((await story.visit(confirm, { method: 'POST' })).status).toBe(200)
}
const declare = async (own: object): Promise<string> =>
  (await api('POST', '/incidents', { severity: 'SEV2', ...own })).body.id
const note = (id: string, kind: string, text: string) => api('POST', `/incidents/${id}/staff-notes`, { kind, text })

let said = ''

describe('a team with the link of the staff page', () => {
  it('finds the forms there, which work without script', async () => {
    const html = await (await story.visit(`/staff?token=${link.token}`)).text()
    const forms = /href="(\/staff\/subscribe\?token=[^"]+)"/.exec(html)![1]!
    const page = await (await story.visit(forms)).text()
    expect(wordsOf(page)).toContain('Vault')
    expect(page).toContain(`action="${SUBSCRIPTIONS}"`)
    const refused = await ask(SUBSCRIPTIONS, { channel: 'email', address: 'nobody' })
    expect(refused.status).toBe(422)
    expect(fieldsOf(await refused.text(), SUBSCRIPTIONS)).toMatchObject({ address: 'nobody' })
  })

  it('confirms, and hears what everybody hears, apart from the list that everybody is on', async () => {
    await joins(DESK)
    await joins(SALES, other.token)
    const lists = await story.db.select().from(subscribers).where(eq(subscribers.addressKey, DESK))
    expect(lists.map(({ list }) => list).toSorted()).toEqual(['public', 'staff'])
    said = await declare({ title: 'Sign-in fails', body: 'Some cannot sign in.', components: [{ id: login.id }] })
    await soon(() => expect(mailsTo(DESK).filter(({ text }) => text!.includes('Some cannot sign in.'))).toHaveLength(2))
    const [forStaff] = mailsTo(DESK).filter(({ text }) => text!.includes('It goes to staff'))
    expect(forStaff!.text).toMatch(/\/staff\/incidents\/\w+\?token=/)
    expect((await mailTo(LENA, 'Some cannot sign in.')).text).not.toMatch(/staff/i)
    const rows = await story.db.select().from(deliveries).where(eq(deliveries.address, DESK))
    expect(
      rows
        .filter(({ incidentId }) => incidentId === said)
        .map(({ audience }) => audience)
        .toSorted(),
    ).toEqual(['internal', 'public'])
  })

  it('hears what only some customers are told, and what is noted for staff; nobody else does', async () => {
    const hidden = await declare({ title: 'The vault is shut', body: 'Use the spare.', components: [{ id: vault.id }] })
    expect((await mailTo(DESK, 'Use the spare.')).text).toContain('Vault')
    const inside = await declare({ title: 'A disk is full', body: 'Nobody notices.', visibility: 'internal' })
    await note(said, 'answer', 'Please try again at **noon**.')
    await note(hidden, 'workaround', 'The spare key works.')
    await note(inside, 'note', 'Promise nothing.')
    const answer = await mailTo(DESK, 'try again at')
    expect(answer.text).toContain('Answer for customers')
    expect(answer.html).toContain('<strong>noon</strong>')
    expect((await mailTo(DESK, 'The spare key works.')).text).toContain('Workaround')
    expect((await mailTo(DESK, 'Promise nothing.')).text).toContain('Internal: customers know nothing of it.')
    await mailTo(SALES, 'Promise nothing.')
    expect(mailsTo(DESK).map(({ text }) => text!)).not.toContainEqual(expect.stringContaining('Nobody notices.'))
    const outside = JSON.stringify(mailsTo(LENA))
    for (const word of ['noon', 'Vault', 'vault', 'spare', 'Promise', 'disk']) expect(outside).not.toContain(word)
    const [public_] = await story.db.select().from(subscribers).where(eq(subscribers.addressKey, DESK))
    expect(public_).toBeDefined()
    expect(mailsTo(DESK).filter(({ text }) => text!.includes('Promise nothing.'))).toHaveLength(1)
  })

  it('is led by the mail to its place on the staff page, by a token of its own', async () => {
    const path = pathIn((await mailTo(DESK, 'try again at')).text!, /https?:\S+\/staff\/incidents\/\S+/)
    const answer = await story.visit(path)
    expect(answer.status).toBe(303)
    const to = answer.headers.get('location')!
    expect(to).toMatch(new RegExp(`^/staff\\?token=[\\w.-]+#i-${said}$`))
    expect(to).not.toContain(link.token)
    const page = await story.visit(to.replace(/#.*/, ''))
    expect(wordsOf(await page.text())).toContain('Promise nothing.')
    expect((await story.visit(to.replace('/staff', '/staff/feed.atom').replace(/#.*/, ''))).status).toBe(200)
    expect((await story.visit(to.replace('/staff', '/staff/calendar.ics').replace(/#.*/, ''))).status).toBe(200)
    expect((await story.visit(path.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')))).status).toBe(404)
  })

  it('hears it by text and by webhook as well', async () => {
    const fields = { channel: 'sms', address: PHONE, consent: 'true', events: 'all' }
    expect((await ask(SUBSCRIPTIONS, fields)).status).toBe(202)
    const asked = await soon(() => {
      expect(twilio.sent).toHaveLength(1)
      return twilio.sent[0]!.body
    })
    const code = /\d{6}/.exec(asked)![0]
    expect((await post(story, '/subscriptions/confirmations', { channel: 'sms', address: PHONE, code })).status).toBe(
      200,
    )
    expect((await ask(SUBSCRIPTIONS, { channel: 'webhook', address: receiver.url('/crm') })).status).toBe(202)
    await soon(async () => expect(await story.db.$count(webhookEndpoints)).toBe(1))
    await note(said, 'answer', 'It is fixed at two.')
    const text = await soon(() => {
      const found = twilio.sent.find(({ body }) => body.includes('It is fixed at two.'))
      expect(found).toBeDefined()
      return found!.body
    })
    const short = await story.visit(pathIn(text, /https?:\S+\/r\/\S+/))
    expect(short.headers.get('location')).toMatch(new RegExp(`/staff/incidents/${said}\\?token=`))
    const event = await soon(() => {
      const found = receiver.at('/crm').find(({ body }) => body.type === 'staff.note')
      expect(found).toBeDefined()
      return found!.body
    })
    expect(event.staff_note).toMatchObject({ kind: 'answer', text: 'It is fixed at two.', incident: { id: said } })
    expect(event.meta.unsubscribe).toContain('/subscriptions/unsubscribe')
  })

  it('changes what it hears, private components among it, and leaves by one click; the public list stays', async () => {
    const { text } = await mailTo(SALES, 'Promise nothing.')
    const manage = pathIn(text!, /https?:\S+manage\?token=\S+/)
    expect(wordsOf(await (await story.visit(manage)).text())).toContain('Vault')
    const changed = await post(story, manage, { components: vault.id, min_severity: 'SEV1', asks_maintenance: 'true' })
    expect(changed.status).toBe(200)
    const leave = pathIn((await mailTo(DESK, 'Promise nothing.')).text!, /https?:\S+unsubscribe\?token=\S+/)
    expect((await post(story, leave, { 'List-Unsubscribe': 'One-Click' })).status).toBe(200)
    await note(said, 'note', 'Nobody hears this by mail.')
    await soon(() => expect(twilio.sent.at(-1)!.body).toContain('Nobody hears this by mail.'))
    for (const address of [DESK, SALES])
      expect(JSON.stringify(mailsTo(address))).not.toContain('Nobody hears this by mail.')
    const lists = await story.db.select().from(subscribers).where(eq(subscribers.addressKey, DESK))
    expect(Object.fromEntries(lists.map(({ list, state }) => [list, state]))).toEqual({
      public: 'active',
      staff: 'ended',
    })
  })

  it('hears nothing more once its link is revoked, which says how many that silences', async () => {
    const revoked = await api('DELETE', `/staff-links/${link.id}`)
    expect(revoked.body).toEqual({ readers: 2 })
    const before = [twilio.sent.length, receiver.at('/crm').length]
    await joins('rest@house.example', other.token)
    await note(said, 'note', 'For sales alone.')
    await mailTo('rest@house.example', 'For sales alone.')
    expect([twilio.sent.length, receiver.at('/crm').length]).toEqual(before)
    expect((await ask(SUBSCRIPTIONS, { channel: 'email', address: 'late@house.example' })).status).toBe(410)
  })
})

describe('a member of staff', () => {
  it('subscribes by their account, and hears nothing more once it is switched off', async () => {
    const vera = await staff(story, 'viewer', 'Vera Viewer')
    const cookie = await signIn(story, vera.email)
    const from = { cookie, origin: story.url, 'sec-fetch-site': 'same-origin' }
    const fields = { channel: 'email', address: vera.email }
    expect([303, 401]).toContain((await ask('/staff/subscriptions', fields)).status)
    expect(
      (
        await post(story, '/staff/subscriptions', fields, {
          ...from,
          origin: 'https://evil.example',
          'sec-fetch-site': 'cross-site',
        })
      ).status,
    ).toBe(403)
    expect((await post(story, '/staff/subscriptions', fields, from)).status).toBe(202)
    const confirm = pathIn((await mailTo(vera.email, CONFIRM)).text!, CONFIRM)
    await story.visit(confirm, { method: 'POST' })
    await note(said, 'note', 'For Vera too.')
    const mail = await mailTo(vera.email, 'For Vera too.')
    const place = pathIn(mail.text!, /https?:\S+\/staff\/incidents\/\S+/)
    expect((await story.visit(place)).status).toBe(303)
    const token = new URL(place, story.url).searchParams.get('token')
    expect((await ask(`/staff/subscriptions?token=${token}`, fields)).status).toBe(403)
    await api('PATCH', `/people/${vera.id}`, { active: false })
    await note(said, 'note', 'After she left.')
    await mailTo('rest@house.example', 'After she left.')
    expect(JSON.stringify(mailsTo(vera.email))).not.toContain('After she left.')
    expect((await story.visit(place)).status).toBe(410)
  })

  it('is none as an executive', async () => {
    const eva = await staff(story, 'executive', 'Eva Executive')
    const cookie = await signIn(story, eva.email)
    const from = { cookie, origin: story.url, 'sec-fetch-site': 'same-origin' }
    const fields = { channel: 'email', address: eva.email }
    expect((await post(story, '/staff/subscriptions', fields, from)).status).toBe(403)
  })
})

it('shows the list of staff to admins alone, and never among the public ones', async () => {
  const listed = async (query: string) => (await api('GET', `/subscribers${query}`)).body.data
  const open = (await listed('')).map(({ address }: { address: string }) => address)
  expect(open.toSorted()).toEqual([DESK, LENA].toSorted())
  const ofStaff = (await listed('?list=staff&state=active')).map(({ address }: { address: string }) => address)
  expect(ofStaff).toContain('rest@house.example')
  expect(ofStaff).not.toContain(LENA)
})
