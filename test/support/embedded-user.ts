/** Run by tests as a process of its own: uses the embedded database of a data folder until it is told to stop. */
import { openEmbedded } from '../../db/embedded.ts'

const [dataDir = '', as = 'command'] = process.argv.slice(2)
const log = { info: () => {}, warn: () => {} }
try {
  const embedded = await openEmbedded({ dataDir, as: as as 'service' | 'command', log })
  process.stdout.write(`${JSON.stringify({ connection: embedded.connection, started: embedded.started })}\n`)
  process.stdin.resume()
  process.stdin.once('end', () => void embedded.stop())
} catch (error) {
  process.stdout.write(`${JSON.stringify({ refused: (error as Error).message })}\n`)
}
