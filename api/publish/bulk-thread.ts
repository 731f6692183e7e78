import { parentPort, workerData } from 'node:worker_threads'
import type { IncidentSeen } from '../domain/snapshot.ts'
import type { Answered } from './asked-thread.ts'
import type { BulkMade, BulkShared } from './bulk.ts'
import { makeIncident } from './documents.ts'
import { openCompiled } from './renderer.ts'

/** One thread of `openBulk`: makes the documents of the incidents it is sent, batch by batch. */
const { directory, snapshot, address } = workerData as BulkShared
const loading = openCompiled(directory)

parentPort!.on('message', async ({ number, question }: { number: number; question: IncidentSeen[] }) => {
  const answer: Answered<BulkMade> = await makeAll(question).then(
    (value) => ({ number, value }),
    ({ name, message }: Error) => ({ number, failed: { name, message } }),
  )
  const bodies = 'value' in answer ? answer.value.files.map((file) => file.body.buffer as ArrayBuffer) : []
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
