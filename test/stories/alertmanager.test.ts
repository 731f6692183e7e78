import { expect, it, vi } from 'vitest'
import { alertmanagerFor } from '../support/alertmanager.ts'
import { INSTALLING } from '../support/debian-tools.ts'
import { startStory } from '../support/service.ts'
import { pageWords, soon } from '../support/storytelling.ts'

vi.setConfig({ testTimeout: INSTALLING, hookTimeout: INSTALLING })

const story = await startStory()
const { body: source } = await story.api('POST', '/alert-sources', { kind: 'alertmanager', name: 'Prometheus' })
const alertmanager = await alertmanagerFor(source.url)

const drafts = async () => (await story.api('GET', '/drafts')).body.data

it('what a real Alertmanager fires becomes one draft, which nobody outside sees', async () => {
  await alertmanager.alert('HighErrorRate', 'Error rate of sign-in above 5 %')
  await soon(async () =>
    expect(await drafts()).toMatchObject([{ state: 'open', ended_at: null, alerts: [{ status: 'firing' }] }]),
  )
  expect((await drafts())[0].title).toContain('Error rate of sign-in above 5 %')
  expect(await pageWords(story, '/')).not.toContain('Error rate')
  expect((await story.api('GET', '/incidents?state=all')).body.data).toEqual([])
})

it('an incident declared from it carries the time at which the alert began', async () => {
  const [draft] = await drafts()
  const declared = await story.api('POST', '/incidents', {
    title: 'Sign-in fails',
    severity: 'SEV2',
    body: 'Some customers cannot sign in.',
    draft_id: draft.id,
  })
  expect(declared.body.detected_at).toBe(draft.detected_at)
  expect(await pageWords(story, '/')).not.toContain('Error rate')
})

it('what it resolves is told in the room and resolves nothing outside', async () => {
  const { body } = await story.api('GET', '/incidents?state=open')
  const { id } = body.data[0]
  await alertmanager.alert('HighErrorRate', 'Error rate of sign-in above 5 %', true)
  await soon(async () => {
    const timeline = await story.api('GET', `/incidents/${id}/timeline`)
    expect(timeline.body.data.map(({ text }: { text: string }) => text)).toContain(
      'Prometheus: all alerts are resolved.',
    )
  })
  expect((await story.api('GET', `/incidents/${id}`)).body.status).toBe('investigating')
})
