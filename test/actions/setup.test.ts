import { expect, it } from 'vitest'
import { changeOrganisation, organisationInput } from '../../api/actions/change-organisation.ts'
import { isSetUp, setUp, setUpInput, setUpToken } from '../../api/actions/set-up.ts'
import { auditLog, organisation, people } from '../../db/schema.ts'
import { actingAs, SECRETS } from '../support/acting.ts'
import { testDatabase } from '../support/database.ts'
import { refusedAs } from '../support/refused.ts'

const { db, clock } = await testDatabase()
const acting = actingAs(db, clock)
const token = setUpToken(SECRETS)
const input = setUpInput.parse({
  name: 'Ada',
  email: 'Ada@Northwind.example',
  password: 'correct horse battery staple',
  organisation: 'Northwind Cloud Computing',
  contact: 'support@northwind.example',
})

it('takes nobody without the link that was printed', async () => {
  for (const wrong of ['', 'guess', `${token}x`, setUpToken(['another secret of the same kind'])])
    expect(await refusedAs(setUp(acting, wrong, input))).toEqual(['not_found'])
  expect(await isSetUp(db)).toBe(false)
})

it('lets one of many win who come at the same moment, and then nobody', async () => {
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => setUp(acting, token, input)))
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await db.$count(people)).toBe(1)
  expect(await db.$count(organisation)).toBe(1)
  expect(await refusedAs(setUp(acting, token, input))).toEqual(['gone'])
  expect(await isSetUp(db)).toBe(true)
})

it('makes an admin and a company that can be reached', async () => {
  expect(await db.select().from(people)).toMatchObject([
    { role: 'admin', email: 'ada@northwind.example', active: true },
  ])
  const [company] = await db.select().from(organisation)
  expect(company).toMatchObject({ shortName: 'Northwind Cloud Comp', supportUrl: 'mailto:support@northwind.example' })
  const [first] = await db.select().from(auditLog)
  expect(first).toMatchObject({ action: 'organisation.set_up', actorKind: 'person' })
  expect(JSON.stringify(first)).not.toContain('horse')
})

it.each([
  ['javascript:alert(1)', false],
  ['https://help.northwind.example', true],
  ['mailto:support@northwind.example', true],
  ['support@northwind.example', true],
  ['mailto:a@b.example?bcc=evil@x.example', false],
  ['a@b.example, evil@x.example', false],
  ['https://x.example/\r\nBcc: evil@x.example', false],
])('a contact %j is taken: %s', async (support_url, taken) => {
  const [company] = await db.select().from(organisation)
  const wanted = {
    name: company!.name,
    short_name: company!.shortName,
    support_url,
    postal_address: null,
    time_zone: 'Europe/Berlin',
    terms_url: null,
    privacy_url: null,
    logo_svg: null,
  }
  const parsed = organisationInput.safeParse(wanted)
  expect(parsed.success).toBe(taken)
  if (parsed.success) expect((await changeOrganisation(acting, parsed.data)).timeZone).toBe('Europe/Berlin')
})
