import { eq } from 'drizzle-orm'
import { expect } from 'vitest'
import { MINUTE } from '../../api/domain/duration.ts'
import { announcements } from '../../db/schema.ts'
import type { Story } from './service.ts'

/** An incident that this person commands, its next update nearly due, so that they have just been alerted; answers its id. */
export async function nearlyDue(story: Story, commander: { id: string }): Promise<string> {
  const opened = await story.api('POST', '/incidents', {
    title: 'Sign-in fails',
    severity: 'SEV1',
    body: 'Some customers cannot sign in.',
    commander_id: commander.id,
  })
  await story.later(12 * MINUTE)
  return opened.body.id
}

/** The code that a message gives to answer it; empty where there is none. */
export const codeIn = (text: string): string => /Reply ([BCDFGHJKMNPQRSTVWXZ]{4}) and your text/.exec(text)?.[1] ?? ''

/** What has been said of an incident, as the API tells it, newest first. */
export const updatesOf = async (story: Story, id: string) => (await story.api('GET', `/incidents/${id}`)).body.updates

/** Nothing is published, and nobody is answered. */
export async function changesNothing(story: Story, id: string, act: () => Promise<unknown>): Promise<void> {
  const state = async () => [
    (await updatesOf(story, id)).length,
    await story.db.$count(announcements, eq(announcements.kind, 'answer')),
  ]
  const before = await state()
  await act()
  expect(await state()).toEqual(before)
}
