import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { WORDING } from '../../api/delivery/wording-rules.ts'
import { checkWording as check, type Worded } from '../../api/domain/wording.ts'

const checkWording = (worded: Worded) => check(worded, WORDING)

const worded = (body: string, given: Partial<Worded> = {}): Worded => ({
  headline: null,
  body,
  status: 'identified',
  total: false,
  staff: ['Priya Nair', 'Will Mark', 'Tom O’Kafor'],
  ours: ['Northwind Cloud', 'Login'],
  ...given,
})

/** The warnings, each with the words that it means. */
const said = (body: string, given: Partial<Worded> = {}) =>
  checkWording(worded(body, given)).map(({ code, at }) => [code, at && [...body].slice(...at).join('')])

describe('a time by which it will be over', () => {
  test.each([
    ['by 15:00 we expect to resolve', 'by 15:00 we expect to resolve'],
    ['By 15:00, we expect to resolve this.', 'By 15:00, we expect to resolve'],
    ['Sign-in will be back in 10 minutes.', 'will be back in 10 minutes'],
    ['It works again in 10 minutes.', 'works again in 10 minutes'],
    ['Back in about half an hour.', 'Back in about half an hour'],
    ['In the US the roll-back is at 40% and should finish by 14:55 UTC.', 'should finish by 14:55 UTC'],
    ['The repair should take another 20 minutes.', 'repair should take another 20 minutes'],
    ['We hope to have it fixed within the next 2 to 3 hours.', 'hope to have it fixed within the next 2 to 3 hours'],
    ['Fixed by 3 pm.', 'Fixed by 3 pm.'],
    ['We expect service to be restored shortly.', 'expect service to be restored shortly'],
    ['The ETA is unknown.', 'ETA'],
    ['It will be resolved soon; next update by 15:00.', 'will be resolved soon'],
  ])('%s', (body, words) => {
    expect(said(body)).toEqual([['fix_time', words]])
  })

  test.each([
    'Next update by 15:00 UTC.',
    'We will update this page again in 30 minutes.',
    'We will say more soon.',
    'We expect to tell you more within 15 minutes.',
    'Our next word comes by 15:00; the next update will not be later.',
    'Please try again in 10 minutes.',
    'Sign-in fails since 13:56 UTC.',
    'It was restored within 10 minutes.',
    'By 14:40 UTC all sign-ins had recovered.',
    'Requests failed for 10 minutes.',
    'In the last 10 minutes no sign-in failed.',
    'We restored the US at 14:30.',
    'No material change since our last update. We are still at work on this.',
    'Exports run every night at 02:00.',
    'Mails arrive within 10 minutes.',
  ])('is not: %s', (body) => {
    expect(said(body)).toEqual([])
  })

  test('is no matter once it is over', () => {
    const end = 'All sign-ins work again after 20 minutes. No data was lost. The review will be done by 15:00.'
    expect(said(end, { status: 'resolved' })).toEqual([])
  })
})

describe('other words that customers are better off without', () => {
  test.each([
    ['We found the root cause.', [['root_cause', 'root cause']]],
    ['Root-cause analysis goes on.', [['root_cause', 'Root-cause']]],
    ['There is an outage of Login.', [['outage', 'outage']]],
    ['Two outages today', [['outage', 'outages']]],
    ['This is a partial outage.', []],
    ['See https://status.example.com/outage.', []],
    ['We restarted db-03 twice.', [['host_name', 'db-03']]],
    ['Web01 is slow.', [['host_name', 'Web01']]],
    [
      'pg-primary-2 and web01.eu.example.com lag.',
      [
        ['host_name', 'pg-primary-2'],
        ['host_name', 'web01.eu.example.com'],
      ],
    ],
    [
      'See grafana.corp and 10.0.3.4.',
      [
        ['host_name', 'grafana.corp'],
        ['host_name', '10.0.3.4'],
      ],
    ],
    ['Open http://build7.internal/job now.', [['host_name', 'build7.internal']]],
    ['Use api.example.com in eu-west-1; API v2 and api-v2 work, so do HTTP/2, SHA-256 and 3.2.1.', []],
    ['Write to db1@example.com.', []],
    ['Priya Nair is on it.', [['staff_name', 'Priya Nair']]],
    [
      'Ask PRIYA NAIR, or Priya.',
      [
        ['staff_name', 'PRIYA NAIR'],
        ['staff_name', 'Priya'],
      ],
    ],
    ['Thanks to Tom for the report.', [['staff_name', 'Tom']]],
    ['Will it last? Mark all as read. Nobody will mark it.', []],
  ])('%s', (body, warnings) => {
    expect(said(body)).toEqual(warnings)
  })

  test('"outage" is true while something is wholly down', () => {
    expect(said('There is an outage of Login.', { total: true })).toEqual([])
  })

  test('a part of a name that is public anyway names nobody', () => {
    expect(said('The team of Northwind works.', { staff: ['Ada Northwind'] })).toEqual([])
  })
})

describe('the end of an incident', () => {
  const whole =
    'Sign-in works again for everyone. No data was lost. It failed for 47 minutes. We publish a review by Tuesday.'

  test('that says recovery, effects, length and what follows needs nothing more', () => {
    expect(said(whole, { status: 'resolved' })).toEqual([])
    expect(said(whole)).toEqual([])
  })

  test.each([
    ['recovery_unconfirmed', whole.replace('Sign-in works again for everyone. ', '')],
    ['effects_unsaid', whole.replace('No data was lost. ', '')],
    ['duration_unsaid', whole.replace('It failed for 47 minutes. ', '')],
    ['follow_up_unsaid', whole.replace(' We publish a review by Tuesday.', '')],
  ])('is told what is missing: %s', (code, body) => {
    expect(said(body, { status: 'resolved' })).toEqual([[code, null]])
  })

  test.each([
    'It has fully recovered. Nothing remains to be done. It lasted from 13:56 to 14:43 UTC. A post-mortem follows.',
    'Everything is back to normal. Exports are still delayed. It took an hour. We will write what we learned.',
  ])('says it in other words: %s', (body) => {
    expect(said(body, { status: 'resolved' })).toEqual([])
  })

  test('in letters that cannot be read here is not said to miss anything', () => {
    expect(said('Всё снова работает.', { status: 'resolved' })).toEqual([])
  })
})

test('whatever is written, the words that are meant stand in it, counted in characters', () => {
  const piece = fc.constantFrom(
    '🙂 ',
    'in 10 minutes ',
    'outage ',
    'é',
    'we expect to resolve by 15:00. ',
    'db-03 ',
    '\n',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 30 }), (pieces) => {
      const body = pieces.join('')
      for (const { at } of checkWording(worded(body)))
        expect(at![0] >= 0 && at![0] < at![1] && at![1] <= [...body].length).toBe(true)
    }),
  )
  expect(checkWording(worded('🙂🙂 db-03'))).toEqual([{ code: 'host_name', field: 'body', at: [3, 8] }])
})

describe('an Arabic text', () => {
  test.each([
    ['نتوقع حل المشكلة خلال 10 دقائق.', 'نتوقع حل المشكلة خلال 10 دقائق'],
    ['ستعود الخدمة بحلول الساعة 15:00.', 'ستعود الخدمة بحلول الساعة 15:00'],
    ['سيتم الإصلاح قريبًا.', 'سيتم الإصلاح قريبًا'],
    ['من المتوقَّع أن يكتمل الإصلاح قبل الساعة 14:55.', 'المتوقَّع أن يكتمل الإصلاح قبل الساعة 14:55'],
    ['سيستغرق الإصلاح 20 دقيقة أخرى.', 'سيستغرق الإصلاح 20 دقيقة'],
    ['سوف تعمل المدفوعات خلال ١٠ دقائق.', 'سوف تعمل المدفوعات خلال ١٠ دقائق'],
    ['الوقت المتوقع للإصلاح غير معروف.', 'الوقت المتوقع'],
  ])('that says when it will be over: %s', (body, words) => {
    expect(said(body)).toEqual([['fix_time', words]])
  })

  test.each([
    'التحديث القادم بحلول الساعة 15:00.',
    'سنحدّث هذه الصفحة بعد 30 دقيقة.',
    'سنوافيكم بالمزيد قريبًا.',
    'يرجى المحاولة مجددًا بعد 10 دقائق.',
    'تعذّر تسجيل الدخول منذ الساعة 13:56.',
    'استُعيدت الخدمة خلال 10 دقائق.',
    'عادت الخدمة عند الساعة 14:30.',
    'تصل الرسائل خلال 10 دقائق.',
    'لا تغيير يُذكر منذ آخر تحديث. ما زلنا نعمل على ذلك.',
    'هناك انقطاع جزئي في الخدمة.',
  ])('that does nothing of the kind: %s', (body) => {
    expect(said(body)).toEqual([])
  })

  test.each([
    ['وجدنا السبب الجذري.', 'root_cause', 'السبب الجذري'],
    ['هناك انقطاع في تسجيل الدخول.', 'outage', 'انقطاع'],
    ['أعدنا تشغيل db-03 مرتين.', 'host_name', 'db-03'],
    ['منى الحداد تعمل على الأمر.', 'staff_name', 'منى الحداد'],
  ])('with words that customers are better off without: %s', (body, code, words) => {
    expect(said(body, { staff: ['منى الحداد'] })).toEqual([[code, words]])
  })

  const parts = [
    ['recovery_unconfirmed', 'عاد تسجيل الدخول إلى العمل لدى جميع العملاء.'],
    ['effects_unsaid', 'لم تُفقد أي بيانات.'],
    ['duration_unsaid', 'استمر ذلك 47 دقيقة.'],
    ['follow_up_unsaid', 'سننشر مراجعة يوم الثلاثاء.'],
  ]
  test.each(parts)('at the end of an incident is told what is missing: %s', (code, part) => {
    const whole = parts.map(([, words]) => words)
    expect(said(whole.join(' '), { status: 'resolved' })).toEqual([])
    const without = whole.filter((words) => words !== part).join(' ')
    expect(said(without, { status: 'resolved' })).toEqual([[code, null]])
  })
})

describe('a headline', () => {
  test('is read as well as the text, and what is meant is counted in it', () => {
    const headline = 'Outage of Login, fixed by 15:00'
    expect(checkWording(worded('Sign-in fails for some.', { headline }))).toEqual([
      { code: 'outage', field: 'headline', at: [0, 6] },
      { code: 'fix_time', field: 'headline', at: [17, 31] },
    ])
  })

  test('may say what a resolution has to say', () => {
    const body = 'No data was lost. It lasted 40 minutes. A review follows.'
    expect(checkWording(worded(body, { status: 'resolved' })).map(({ code }) => code)).toEqual(['recovery_unconfirmed'])
    const headline = 'Sign-in works again for everyone'
    expect(checkWording(worded(body, { status: 'resolved', headline }))).toEqual([])
  })
})
