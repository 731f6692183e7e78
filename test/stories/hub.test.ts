import { expect, it } from 'vitest'
import { testHub } from '../support/hub.ts'
import { startStory } from '../support/service.ts'
import { published, soon } from '../support/storytelling.ts'

const hub = await testHub()
const story = await startStory({ WEBSUB_HUB: hub.url })
const topic = `${story.url}/updates.rss`
const post = (body: string) => story.api('POST', '/incidents', { title: 'Sign-in fails', severity: 'SEV1', body })

it('who subscribed at a hub hears through it as soon as somebody speaks', async () => {
  const heard = () => soon(() => expect(hub.heard).toContainEqual({ mode: 'publish', topic }))
  await heard()
  hub.topics()
  await post('Nobody can sign in.')
  await heard()
  await soon(async () => expect(await published(story, '/updates.rss')).toContain('Nobody can sign in.'))
  const found = await story.visit('/updates.rss')
  expect(found.headers.get('link')).toBe(`<${hub.url}>; rel="hub", <${topic}>; rel="self"`)
})

it('a hub that never answers keeps nobody from reading', async () => {
  hub.status = null
  await post('Nobody can pay.')
  await soon(async () => expect(await published(story, '/updates.rss')).toContain('Nobody can pay.'))
})
