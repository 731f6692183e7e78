import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { correctUpdate } from '../../api/actions/correct-update.ts'
import { planMaintenance } from '../../api/actions/plan-maintenance.ts'
import { subscribe, subscribeInput } from '../../api/actions/subscribe.ts'
import { composeSms } from '../../api/delivery/compose-sms.ts'
import { MINUTE } from '../../api/domain/duration.ts'
import { LANGUAGES } from '../../api/domain/pages.ts'
import { sizeOf } from '../../api/domain/sms.ts'
import { updatesOf } from '../../db/queries/incidents.ts'
import { toldUpdate } from '../../db/queries/told.ts'
import { toldCorrection } from '../../db/queries/told-correction.ts'
import { toldMaintenance } from '../../db/queries/told-maintenance.ts'
import { announcements } from '../../db/schema.ts'
import { templates, URLS } from '../support/acting.ts'
import { carrierTo, carrierToTwilio, delivering, someSubscriber } from '../support/delivering.ts'
import { headersOf, testSmtp } from '../support/smtp.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const email = carrierTo(smtp)
const sms = carrierToTwilio(twilio)
afterAll(() => Promise.all([email.close(), sms.close()]))
const world = await delivering({ email, sms })
const { db, clock, acting } = world

/** What people wrote stays as they wrote it: names that no frame uses. */
const POSTED = ['Qwertz zuiopt', 'Asdfg hjklm.', 'Yxcvb nmqwe.', 'Plokij uhzgt.', 'Wsxed crfvt.']
const COMPONENT = 'Tgbzhn'

const login = (await addComponent(acting, { name: COMPONENT })).id
const choices = { timeZone: 'Europe/Berlin', componentIds: [login], minSeverity: 'SEV3' as const }
const NUMBERS = { en: '+4915112345678', ar: '+4915112345679' }
for (const locale of LANGUAGES) {
  await someSubscriber(world, `${locale}@example.com`, { ...choices, locale })
  await someSubscriber(world, NUMBERS[locale], { locale })
  const signUp = { ...subscribeInput.omit({ channel: true, address: true }).parse({ locale }), consent: true }
  await subscribe(acting, { ...signUp, channel: 'email', address: `new-${locale}@example.com` })
  await subscribe(acting, { ...signUp, channel: 'sms', address: NUMBERS[locale].replace('151', '152') })
}

const incident = await world.declare({
  ...{ title: POSTED[0]!, body: POSTED[1]!, severity: 'SEV2' },
  components: [{ id: login }],
})
await world.drain()
const [update] = await updatesOf(db, incident.id)
await clock.advance(47 * MINUTE)
await world.post(incident.id, { body: POSTED[2]!, status: 'identified' })
await world.drain()
await correctUpdate(acting, incident.id, update!.id, { body: POSTED[3]!, reason: POSTED[4]! })
await world.drain()
await world.post(incident.id, { body: POSTED[2]!, status: 'resolved' })
await world.drain()
const work = await planMaintenance(acting, {
  ...{ title: POSTED[0]!, body: POSTED[1]!, components: [login] },
  scheduled_for: new Date('2026-11-15T22:00:00Z'),
  scheduled_until: new Date('2026-11-16T00:30:00Z'),
})
await world.drain()

const told = await db.select().from(announcements)
const correctionId = told.find((each) => each.correctionId)!.correctionId!
const stepId = told.find((each) => each.maintenanceUpdateId)!.maintenanceUpdateId!

const mailsTo = (address: string) => smtp.received.filter(({ to }) => to.includes(address))
const mailsIn = (locale: string) => [...mailsTo(`new-${locale}@example.com`), ...mailsTo(`${locale}@example.com`)]
const textsIn = (locale: 'en' | 'ar') =>
  twilio.sent
    .filter(({ to }) => [NUMBERS[locale], NUMBERS[locale].replace('151', '152')].includes(to))
    .map(({ body }) => body)

const shownIn = (html: string) =>
  html
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<!--.*?-->/gs, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&nbsp;/g, ' ')

/** Latin words that are left when names, addresses and the marks of every language are gone. */
const frameWords = (text: string): string[] => {
  let rest = text.replace(/https?:\/\/\S+/g, ' ')
  for (const own of [...POSTED, ...POSTED.map((each) => each.replace('.', '')), COMPONENT])
    rest = rest.replaceAll(own, ' ')
  const names = /^(Northwind|Cloud|Harbour|Street|Rotterdam|UTC|SEV\d|STOP|HELP|START|SMS|webhook)$/
  return (rest.match(/[A-Za-z][A-Za-z0-9]*/g) ?? []).filter((word) => !names.test(word))
}
/** Numbers, times, names and addresses; links that are each reader's own, without what makes them so. */
const factsIn = (text: string): string[] => {
  const own = text.replace(/(token=|\/manage\?)\S+/g, '$1').replace(/\b\d{6}\b/g, 'code')
  const found = own.match(/https?:\/\/[^\s"<]+|\d+(:\d\d)?|SEV\d|UTC|code/g) ?? []
  const posted = [...POSTED, COMPONENT].filter((each) => own.includes(each))
  return [...new Set([...found, ...posted])].sort()
}

describe('a mail in Arabic', () => {
  const [english, arabic] = [mailsIn('en'), mailsIn('ar')]

  it('is there for each in English: confirmation, updates, correction, the end, planned work', () => {
    expect(english).toHaveLength(6)
    expect(arabic).toHaveLength(6)
  })

  it('says nothing in English but what people wrote', () => {
    for (const { mail } of arabic) {
      expect(frameWords(mail.text!)).toEqual([])
      expect(frameWords(shownIn(mail.html!))).toEqual([])
    }
    for (const { mail } of english) expect(mail.text).not.toMatch(/[\u0600-\u06ff\u2066-\u2069]/)
  })

  it('says the same facts as its English twin, in text and HTML', () => {
    for (const [at, { mail }] of arabic.entries()) {
      const twin = english[at]!.mail
      expect(factsIn(mail.text!)).toEqual(factsIn(twin.text!))
      expect(factsIn(shownIn(mail.html!))).toEqual(factsIn(shownIn(twin.html!)))
    }
  })

  it('runs from right to left, and lets what people wrote run its own way', () => {
    for (const { mail } of arabic) {
      expect(mail.html).toMatch(/<html lang="ar" dir="rtl">/)
      expect(mail.html).toMatch(/<table[^>]* dir="rtl"[^>]*text-align:right/)
      expect(mail.html).not.toMatch(/letter-spacing|border-left/)
    }
    for (const { mail } of english) expect(mail.html).toMatch(/<html lang="en" dir="ltr">/)
    for (const { mail } of mailsTo('ar@example.com')) {
      expect(mail.html).toMatch(new RegExp(`<h1[^>]* dir="auto"[^>]*>${POSTED[0]}</h1>`))
      expect(mail.html).toMatch(/<td class="pad ink" dir="auto"/)
    }
    expect(mailsTo('ar@example.com')[0]!.mail.text).toContain(`\u2068${COMPONENT}\u2069: `)
  })

  it('keeps title and company as its subject, and no invisible marks in its head', () => {
    for (const { mail } of mailsTo('ar@example.com')) expect(mail.subject).toBe(`${POSTED[0]} (Northwind Cloud)`)
    for (const each of arabic) expect(each.mail.subject! + headersOf(each, 'from')[0]).not.toMatch(/[\u2066-\u2069]/)
    expect(mailsTo('new-ar@example.com')[0]!.mail.subject).toBe('أكِّد اشتراكك في حالة Northwind Cloud')
  })

  it('names days and months as the Arabic page does', () =>
    expect(mailsTo('ar@example.com').at(-1)!.mail.text).toContain(
      'صيانة مقررة · الأحد 15 نوفمبر 2026، 22:00 – الاثنين 16 نوفمبر 2026، 00:30 UTC (23:00–01:30 بتوقيتكم)',
    ))
})

describe('a text message in Arabic', () => {
  it('says the same facts as its English twin, nothing in English but what people wrote, in two segments', () => {
    const [english, arabic] = [textsIn('en'), textsIn('ar')]
    expect(arabic).toHaveLength(6)
    for (const [at, body] of arabic.entries()) {
      expect(sizeOf(body).segments).toBeLessThanOrEqual(2)
      expect(frameWords(body)).toEqual([])
      expect(factsIn(english[at]!)).toEqual(expect.arrayContaining(factsIn(body)))
      expect(body.match(/\d\d:\d\d/g)).toEqual(english[at]!.match(/\d\d:\d\d/g))
      for (const url of english[at]!.match(/https:\S+/g) ?? []) expect(body.endsWith(url)).toBe(true)
    }
  })

  it('answers STOP, START and HELP', () => {
    const company = { name: 'Northwind Cloud', support_url: 'https://help.northwind.example' }
    const manage = `${URLS.api}/s/eyJhbGciOiJIUzI1NiJ9abc`
    for (const [answer, manage_url] of [
      ['stop', null],
      ['start', null],
      ['help', null],
      ['help', manage],
    ] as const) {
      const data = { company, url: `${URLS.site}/subscribe`, manage_url }
      const text = templates.text(`sms/${answer}`, data, 'ar')
      expect(frameWords(text)).toEqual([])
      expect(factsIn(text)).toEqual(factsIn(templates.text(`sms/${answer}`, data)))
      // The way to one's own choices takes room, and is sent to whoever asks, once.
      expect(sizeOf(text).segments).toBeLessThanOrEqual(manage_url ? 4 : 2)
    }
  })

  it('never exceeds two segments and keeps promise and link, whatever is written and however long a name is', async () => {
    const told = await toldUpdate(db, update!.id)
    const corrected = await toldCorrection(db, correctionId)
    const maintenance = await toldMaintenance(db, stepId)
    const due = new Date('2026-11-13T00:14:00Z')
    const words = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 400 }),
      fc
        .array(fc.constantFrom('تعذّر', 'الدخول', 'على', 'بعض', 'العملاء.', 'Login'), { maxLength: 80 })
        .map((each) => each.join(' ')),
    )
    const kinds = fc.constantFrom('update', 'correction', 'maintenance')
    const short = fc.constantFrom('N', 'Northwind', 'Northwind Cloud Inc.', 'شركة الرياح الشمالية')
    await fc.assert(
      fc.asyncProperty(kinds, words, short, fc.boolean(), async (kind, body, shortName, late) => {
        const promised = { nextUpdateDueAt: due, promiseKept: !late, answeredDueAt: new Date('2026-11-12T10:00:00Z') }
        const facts = {
          announcement: { kind, severity: 'SEV2' },
          told: { ...told, update: { ...told.update, ...promised, body, headline: body.slice(0, 90) } },
          correction: { ...corrected, correction: { ...corrected.correction, body, previousBody: body } },
          maintenance: { ...maintenance, step: { ...maintenance.step, body } },
          organisation: { name: shortName, shortName },
          subscriber: { locale: 'ar' },
          delivery: {
            ...{ id: 'd00000000000', address: '+4915112345678', incidentId: incident.id, maintenanceId: work.id },
            ...{ expiresAt: new Date(), queuedAt: told.update.publishedAt },
          },
          now: new Date(),
        }
        const composed = await composeSms(world.carrying, facts as never)
        const text = 'message' in composed && composed.message.channel === 'sms' ? composed.message.body : ''
        expect(sizeOf(text).segments).toBeLessThanOrEqual(2)
        expect(text.startsWith(`${shortName} `)).toBe(true)
        expect(text.endsWith(kind === 'maintenance' ? `/m/${work.id}` : `/i/${incident.id}`)).toBe(true)
        if (kind === 'update') expect(text).toContain('00:14')
        if (kind === 'maintenance') expect(text).toMatch(/22:00 - .*00:30 UTC/)
      }),
      { numRuns: 300 },
    )
  })
})

describe('the words of a language', () => {
  const root = join(import.meta.dirname, '../..')
  const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'))
  const words = Object.fromEntries(LANGUAGES.map((language) => [language, read(`templates/words/${language}.json`)]))
  const keys = Object.keys(words.en)
  /** A short day stands for a date where there is little room. */
  const gapsOf = (said: unknown) =>
    [
      ...new Set(
        JSON.stringify(said)
          .replaceAll('{day}', '{date}')
          .match(/\{\w+\}/g),
      ),
    ].sort()

  it.each(LANGUAGES)('%s are complete', (language) => {
    expect(Object.keys(words[language])).toEqual(keys)
    for (const key of keys) expect(gapsOf(words.en[key])).toEqual(expect.arrayContaining(gapsOf(words[language][key])))
  })

  it.each(LANGUAGES)('%s name states as the page does', (language) => {
    const site = read(`site/messages/${language}.json`)
    for (const key of keys.filter((each) => /^(state|status|severity)_/.test(each)))
      expect(words[language][key]).toBe(site[key])
  })

  it('are all said somewhere', () => {
    const said = globSync('templates/**/*.{liquid,md}', { cwd: root }).map((path) =>
      readFileSync(join(root, path), 'utf8'),
    )
    const named = new Set(
      said.flatMap((text) => [...text.matchAll(/'(\w+)' \| (say|append)/g)].map((each) => each[1]!)),
    )
    const unsaid = keys.filter(
      (key) => ![...named].some((name) => key === name || (name.endsWith('_') && key.startsWith(name))),
    )
    expect(unsaid.filter((key) => !key.startsWith('isolate_'))).toEqual([])
  })

  it('that has none are English: a message that some cannot read beats none', () =>
    expect(templates.text('mail/sender', { company: { name: 'Northwind' } }, 'xx')).toBe('Northwind Status'))
})
