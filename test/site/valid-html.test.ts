import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { LANGUAGES } from '../../api/domain/pages.ts'
import { loadRenderer, type Renderer } from '../../api/publish/renderer.ts'
import { SAMPLES } from '../support/page-samples.ts'
import { htmlFaults } from '../support/valid-html.ts'

let renderer: Renderer

beforeAll(async () => {
  renderer = await loadRenderer(join(import.meta.dirname, '..', '..'))
}, 60_000)

const pages = Object.keys(SAMPLES).flatMap((name) => LANGUAGES.map((language) => [name, language] as const))

describe('every page is valid HTML', () => {
  test.each(pages)('%s (%s)', async (name, language) => {
    const [route, page] = SAMPLES[name]!
    expect(await htmlFaults(await renderer.render(route, page as never, language))).toEqual([])
  })
})
