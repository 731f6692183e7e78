import type { Database } from '../../db/client.ts'
import {
  claimHubPing,
  type HubPing,
  putOffHubPing,
  settleHubPing,
  untilNextHubPing,
} from '../../db/queries/hub-pings.ts'
import { heldRestore } from '../../db/queries/restores.ts'
import { SECOND } from '../domain/duration.ts'
import { backOff } from '../domain/retry.ts'
import type { Duty } from './loop.ts'

/** Milliseconds that a ping may take; a process that is told to stop waits for the one in hand. */
const PATIENCE = 5_000
/** Milliseconds for which a ping is one process's. */
const LEASE = 4 * PATIENCE
const AT_MOST = 15 * SECOND

/**
 * Tells the WebSub hub (WEBSUB_HUB) of each feed that has moved, so that whoever subscribed there hears at once
 * (standards F10). What is owed was written with the publication itself, so a hub that is slow or dead holds up nothing
 * but its own news. A round ends with the first ping that fails.
 */
export const hubWatch = (db: Database, hub: string, random: () => number): Duty => ({
  name: 'hub',
  atMost: AT_MOST,
  async round() {
    if ((await heldRestore(db)) !== null) return AT_MOST
    const refused: string[] = []
    for (let ping = await claimHubPing(db, LEASE); ping; ping = await claimHubPing(db, LEASE)) {
      const status = await tell(db, hub, ping, random)
      if (status >= 400) refused.push(`${ping.topic} (${status})`)
    }
    if (refused.length > 0) throw new Error(`WEBSUB_HUB refuses ${refused.join(', ')}.`)
    return (await untilNextHubPing(db)) ?? AT_MOST
  },
})

/** Answers the hub's status once it has taken or refused the ping; throws where it has to be tried again. */
async function tell(db: Database, hub: string, ping: HubPing, random: () => number): Promise<number> {
  try {
    const status = await publishTo(hub, ping.topic)
    if (status >= 300 && !isRefusal(status)) throw new Error(`WEBSUB_HUB answered ${status}.`)
    await settleHubPing(db, ping)
    return status
  } catch (error) {
    await putOffHubPing(db, ping, backOff('email', ping.attempts, random()))
    throw error
  }
}

/** What will not be otherwise next time: the feed's next change is told all the same. */
const isRefusal = (status: number): boolean => status >= 400 && status < 500 && status !== 408 && status !== 429

/** As hubs take it since PubSubHubbub 0.3, for WebSub leaves the form to hub and publisher. No redirect is followed. */
async function publishTo(hub: string, topic: string): Promise<number> {
  const answer = await fetch(hub, {
    method: 'POST',
    body: new URLSearchParams({ 'hub.mode': 'publish', 'hub.url': topic }),
    signal: AbortSignal.timeout(PATIENCE),
    redirect: 'manual',
  })
  await answer.body?.cancel()
  return answer.status
}
