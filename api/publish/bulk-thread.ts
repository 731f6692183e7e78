import { parentPort, workerData } from 'node:worker_threads'
import type { IncidentSeen } from '../domain/snapshot.ts'
import type { BulkAnswer, BulkMade, BulkShared } from './bulk.ts'
import { makeIncident } from './documents.ts'
import { openCompiled } from './renderer.ts'

/** One thread of `openBulk`: makes the documents of the incidents it is sent, batch by batch. */
const { directory, snapshot, address } = workerData as BulkShared
const loading = openCompiled(directory)

parentPort!.on('message', async ({ number, incidents }: { number: number; incidents: IncidentSeen[] }) => {
  const answer: BulkAnswer = await makeAll(incidents).then(
    (made) => ({ number, ...made }),
    (error: Error) => ({ number, failed: error.message }),
  )
  const bodies = 'files' in answer ? answer.files.map((file) => file.body.buffer as ArrayBuffer) : []
  parentPort!.postMessage(answer, bodies)
})

async function makeAll(incidents: readonly IncidentSeen[]): Promise<BulkMade> {
  const renderer = { render: await loading }
  const made: BulkMade = { files: [], troubles: [] }
  for (const incident of incidents) {
    try {
      made.files.push(...(await makeIncident(incident, { snapshot, address, renderer })))
    } catch (error) {
      made.troubles.push(error instanceof Error ? error.message : String(error))
    }
  }
  return made
}
