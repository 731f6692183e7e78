import { setTimeout as pause } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import { openIncident, openIncidentInput } from '../../../api/actions/open-incident.ts'
import { postUpdate, postUpdateInput } from '../../../api/actions/post-update.ts'
import { databaseClock } from '../../../api/clock.ts'
import type { Database } from '../../../db/client.ts'
import { isConnectionLost } from '../../../db/lost-connection.ts'
import { updates } from '../../../db/schema.ts'
import { actingAs } from '../acting.ts'
import type { Story, Word } from './story.ts'

/** A story while it is told. */
export interface Telling {
  /** The incidents declared so far. */
  incidentIds: string[]
  /** Says the words one after the other. What was lost on the way to the database is said again, but never twice. */
  tell(): Promise<void>
  /** Resolves when so many words have been said. */
  said(count: number): Promise<void>
}

const AGAIN_AFTER = 100

export function telling(db: Database, story: Story): Telling {
  const acting = actingAs(db, databaseClock)
  const incidentIds: string[] = []
  const waiting: { count: number; resolve: () => void }[] = []
  let count = 0

  const post = async ({ incident, opens, severity, status, body }: Word): Promise<void> => {
    const [known] = await db.select({ id: updates.incidentId }).from(updates).where(eq(updates.body, body))
    if (known) incidentIds[incident] = known.id
    else if (opens) {
      const input = openIncidentInput.parse({ title: `Trouble ${incident + 1}`, severity, status, body })
      incidentIds[incident] = (await openIncident(acting, input)).id
    } else {
      const input = postUpdateInput.parse({ severity, severity_reason: 'It grows.', status, body })
      await postUpdate(acting, incidentIds[incident]!, input)
    }
  }
  const say = async (word: Word): Promise<void> => {
    try {
      await post(word)
    } catch (error) {
      if (!isConnectionLost(error) && !isRecovering(error)) throw error
      await pause(AGAIN_AFTER)
      return say(word)
    }
  }
  return {
    incidentIds,
    async tell() {
      for (const word of story.words) {
        await pause(word.after)
        await say(word)
        count += 1
        for (const each of waiting) if (count >= each.count) each.resolve()
      }
    },
    said: (wanted) =>
      count >= wanted ? Promise.resolve() : new Promise((resolve) => waiting.push({ count: wanted, resolve })),
  }
}

/** A server that is just coming back says so in its own words. */
const isRecovering = (error: unknown): boolean =>
  /57P0\d|recovery|starting up/.test(String((error as Error).cause ?? error))
