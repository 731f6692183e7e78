import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { CorrectionView } from '../../api/domain/pages.ts'
import { loadRenderer, type Renderer } from '../../api/publish/renderer.ts'
import { correctedHtml, correctionsOf, goneWords, markNew } from '../../site/corrected.ts'
import { textOf } from '../support/page-samples.ts'
import { at, incidentOpen, signIn } from '../support/pages.ts'

describe('marking what is new', () => {
  test.each([
    [
      'words put in',
      '<p>It works for all.</p>',
      '<p>It works again for all.</p>',
      '<p>It works <mark>again</mark> for all.</p>',
    ],
    ['a word changed', '<p>5 of 10 fail.</p>', '<p>7 of 10 fail.</p>', '<p><mark>7</mark> of 10 fail.</p>'],
    ['words on end', '<p>For all.</p>', '<p>For all but two.</p>', '<p>For <mark>all but two.</mark></p>'],
    ['words only taken away', '<p>All is very well.</p>', '<p>All is well.</p>', '<p>All is well.</p>'],
    ['a new paragraph', '<p>One.</p>', '<p>One.</p><p>And two.</p>', '<p>One.</p><p><mark>And two.</mark></p>'],
    ['nothing but a tag', '<p>See it.</p>', '<p><b>See</b> it.</p>', '<p><b>See</b> it.</p>'],
    ['all of it', '', '<p>One &amp; two</p>', '<p><mark>One &amp; two</mark></p>'],
    ['the same', '<p>One.</p>', '<p>One.</p>', '<p>One.</p>'],
  ])('%s', (_, before, now, marked) => {
    expect(markNew(now, before)).toBe(marked)
  })

  test('marks stay inside of one element, so that the page stays well-formed', () => {
    const now = '<ul><li>New here</li><li>and <a href="https://x.example/">there</a> too</li></ul>'
    expect(markNew(now, '<ul><li>Old</li></ul>')).toBe(
      '<ul><li><mark>New here</mark></li><li><mark>and</mark> <a href="https://x.example/"><mark>there</mark></a> <mark>too</mark></li></ul>',
    )
  })

  const words = (length: number, word = (index: number) => `w${index}`) =>
    Array.from({ length }, (_, i) => word(i)).join(' ')
  const everySecondNew = (length: number) =>
    markNew(
      words(length, (i) => (i % 2 ? `w${i}` : `new${i}`)),
      words(length),
    )

  test('a long text is compared word by word', () => {
    expect(everySecondNew(400).match(/<mark>/g)).toHaveLength(200)
  })

  test('a very long text is marked as a whole between its first and its last change', () => {
    expect(everySecondNew(402)).toMatch(/^<mark>new0 .* new400<\/mark> w401$/)
    expect(markNew(`${words(900)} new.`, `${words(900)} old.`)).toBe(`${words(900)} <mark>new.</mark>`)
    expect(markNew('new', words(900))).toBe('<mark>new</mark>')
  })

  test('an update is compared once, however often it is shown', () => {
    const correction = { id: 'c', at: at('15:09'), previousHtml: '<p>Once it was.</p>', reason: 'Wrong.', told: true }
    const show = () => correctedHtml({ ...signIn.updates[0]!, html: '<p>Once it is.</p>', corrections: [correction] })
    const splitting = vi.spyOn(String.prototype, 'match')
    onTestFinished(() => splitting.mockRestore())
    const counted = () => splitting.mock.contexts.filter((text) => String(text).includes('Once it')).length
    expect(show()).toBe('<p>Once it <mark>is.</mark></p>')
    const first = counted()
    expect(first).toBeGreaterThan(0)
    expect(show()).toBe('<p>Once it <mark>is.</mark></p>')
    expect(counted()).toBe(first)
  })
})

describe('what was said before', () => {
  test('is the sentences that are gone', () => {
    const previous = '<p>The EU is done. It works for everyone.</p><p>We watch.</p>'
    expect(goneWords(previous, '<p>The EU is done. It works for most.</p><p>We watch.</p>')).toBe(
      'It works for everyone.',
    )
  })

  test('is all of it where no sentence went', () => {
    expect(goneWords('<p>See it.</p>', '<p><a href="https://x.example/">See it.</a></p>')).toBe('See it.')
  })

  test('with two corrections each shows what its own wording lost', () => {
    const correction = (previousHtml: string): CorrectionView => ({
      id: 'c',
      at: at('15:09'),
      previousHtml,
      reason: 'Wrong.',
      told: true,
    })
    const update = {
      ...signIn.updates[0]!,
      html: '<p>Three.</p>',
      corrections: [correction('<p>Two.</p>'), correction('<p>One.</p>')],
    }
    expect(correctionsOf(update).map(({ gone }) => gone)).toEqual(['Two.', 'One.'])
  })
})

describe('a corrected update on its page', () => {
  let renderer: Renderer

  beforeAll(async () => {
    renderer = await loadRenderer(join(import.meta.dirname, '..', '..'))
  }, 60_000)

  const page = (told: boolean) => {
    const correction: CorrectionView = {
      id: 'c0rrect10n01',
      at: at('14:40'),
      previousHtml: '<p>The cause is a <b>certificate</b>.</p>',
      reason: 'We had the wrong <cause>',
      told,
    }
    const [newest, ...older] = signIn.updates
    const updates = [{ ...newest!, html: '<p>The cause is a session store.</p>', corrections: [correction] }, ...older]
    return renderer.render('/incident', { ...incidentOpen, incident: { ...signIn, updates } })
  }

  test('marks the new words and tells when, what it said, why and who was told', async () => {
    const html = await page(true)
    expect(html).toContain('The cause is a <mark>session store.</mark>')
    expect(html).toContain('<del><bdi>The cause is a certificate.</bdi></del>')
    expect(textOf(html)).toMatch(
      /Corrected at 14:40 UTC \. It said: The cause is a certificate\. We had the wrong &lt;cause&gt; Everyone who got the first wording was sent this one\./,
    )
  })

  test('says so when nobody was told', async () => {
    expect(textOf(await page(false))).toContain('The correction was made on this page and was not sent out.')
  })

  test('has a link of its own, as every update', async () => {
    const html = await page(true)
    for (const seq of [1, 2, 3])
      expect(html).toMatch(new RegExp(`<li id="u${seq}">\\s*<div class="at">\\s*<b><a href="#u${seq}"><time`))
  })
})
