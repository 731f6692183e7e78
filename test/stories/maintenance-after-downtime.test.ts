import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { DAY, HOUR, plus } from '../../api/domain/duration.ts'
import { maintenanceUpdates } from '../../db/schema.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { follow, secondService, soon } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const carriers = carriedBy(smtp, twilio)
const story = await startStory(carriers)
await follow(story, 'email', 'lena@customer.example')
const now = new Date('2026-11-12T14:00:00.000Z')
await story.clock.set(now)

const plan = async (title: string, begin: Date) =>
  (
    await story.api('POST', '/maintenances', {
      title,
      body: 'We replace disks.',
      scheduled_for: begin.toISOString(),
      scheduled_until: plus(begin, 2 * HOUR).toISOString(),
    })
  ).body.id as string
const missed = await plan('Missed altogether', plus(now, 30 * HOUR))
const begun = await plan('Missed the reminders', plus(now, 40 * HOUR))
const ahead = await plan('Missed one reminder', plus(now, 41 * HOUR + HOUR / 2))
const stepsOf = async (id: string) =>
  (
    await story.db
      .select()
      .from(maintenanceUpdates)
      .where(eq(maintenanceUpdates.maintenanceId, id))
      .orderBy(maintenanceUpdates.seq)
  ).map(({ step, reminder, notify }) => `${reminder ?? step}${notify ? ' !' : ''}`)

it('tells after a night of downtime the newest word of each, and nothing that has passed', async () => {
  await smtp.waitFor(3)
  await story.service.stop()
  await story.clock.advance(41 * HOUR)
  await secondService(story, carriers)
  await soon(async () => {
    expect(await stepsOf(missed)).toEqual(['planned !', 'started', 'completed !'])
    expect(await stepsOf(begun)).toEqual(['planned !', 'started !'])
    expect(await stepsOf(ahead)).toEqual(['planned !', '-PT1H !'])
  })
  await smtp.waitFor(6)
})

it('tells nothing again after another start, and goes on from there', async () => {
  await secondService(story, carriers)
  await story.later(HOUR)
  await soon(async () => {
    expect(await stepsOf(begun)).toEqual(['planned !', 'started !', 'completed !'])
    expect(await stepsOf(ahead)).toEqual(['planned !', '-PT1H !', 'started !'])
  })
  await smtp.waitFor(8)
  await story.later(DAY)
  await soon(async () => expect(await stepsOf(ahead)).toEqual(['planned !', '-PT1H !', 'started !', 'completed !']))
  await smtp.waitFor(9)
  expect(await stepsOf(missed)).toHaveLength(3)
  expect(smtp.received).toHaveLength(9)
})
