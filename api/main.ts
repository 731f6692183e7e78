import { readConfig } from './config.ts'
import { runUntilSignal } from './run.ts'

/** The entry of `npm start`. */
await runUntilSignal({ config: () => readConfig() })
