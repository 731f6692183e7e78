import type { Database } from '../../../db/client.ts'
import type { Config } from '../../config.ts'
import type { Names } from './names.ts'

/** What is examined, and with what. */
export interface Patient {
  config: Config
  db: Database
  names: Names
  /** This machine's clock, in milliseconds. */
  machineNow: () => number
}
