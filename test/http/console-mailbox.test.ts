import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { elementsIn, wordsOf } from '../support/forms.ts'
import { testWorld } from '../support/world.ts'

const house = await testWorld()
const visitor = await house.signIn(await house.person('admin', { name: 'Ada' }))
const PATH = '/console/mailbox'
const { folder } = house.world.mailbox

const mail = [
  'X-Sitrep-Envelope-From: status@northwind.example',
  'X-Sitrep-Envelope-To: jo@example.com',
  'X-Sitrep-Purpose: update',
  'Subject: Sign-in fails',
  'Content-Type: multipart/alternative; boundary="b"',
  '',
  '--b',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'We look into it.',
  '--b',
  'Content-Type: text/html; charset=utf-8',
  '',
  '<p style="color:red">We look into it.</p>',
  '--b--',
  '',
].join('\r\n')
const sms = { delivery_id: 'd3l1very0002', purpose: 'alert', to: '+4915123456789', from: 'mailbox', body: 'ABCD late.' }

test('an empty mailbox says so', async () => {
  expect(wordsOf(await (await visitor.get(PATH)).text())).toContain('Empty.')
})

test('messages are listed newest first and opened one by one; mail is shown in a frame that can do nothing', async () => {
  await writeFile(join(folder, '20261112T143000000Z-d3l1very0001.eml'), mail)
  await writeFile(join(folder, '20261112T143100000Z-d3l1very0002.json'), JSON.stringify(sms))
  const list = await (await visitor.get(PATH)).text()
  expect(list.indexOf('ABCD late.')).toBeLessThan(list.indexOf('Sign-in fails'))
  const answer = await visitor.get(`${PATH}/d3l1very0001`)
  expect(answer.headers.get('content-security-policy')).toContain("; frame-src 'self'")
  const frame = elementsIn(await answer.text()).find(({ name }) => name === 'iframe')!
  expect(frame.attributes.sandbox).toBe('allow-popups')
  const letter = await visitor.get(frame.attributes.src!)
  expect(await letter.text()).toContain('We look into it.')
  expect(letter.headers.get('content-security-policy')).toMatch(/^sandbox allow-popups; default-src 'none'/)
  const text = await (await visitor.get(`${PATH}/d3l1very0002`)).text()
  expect(wordsOf(text)).toContain('ABCD late.')
  expect(elementsIn(text).some(({ name }) => name === 'iframe')).toBe(false)
})

test.each(['nothing', 'aaaaaaaaaaaa', '..%2F..%2Fsecret'])('there is no message %s', async (id) => {
  expect((await visitor.get(`${PATH}/${id}`)).status).toBe(404)
})

test('older messages are a page further', async () => {
  for (let n = 0; n < 50; n += 1) {
    const name = `20261113T1430${String(n).padStart(2, '0')}000Z-n3wm4il000${String(n).padStart(2, '0')}.json`
    await writeFile(join(folder, name), JSON.stringify({ ...sms, body: `Number ${n}.` }))
  }
  const first = await (await visitor.get(PATH)).text()
  expect(first).not.toContain('Sign-in fails')
  const older = elementsIn(first).find(({ attributes }) => attributes.href?.startsWith(`${PATH}?`))!
  expect(await (await visitor.get(older.attributes.href!)).text()).toContain('Sign-in fails')
})
