import { execFile } from 'node:child_process'
import { join } from 'node:path'
import type { Settings } from './entry.ts'

/** How a command ended and what it printed. */
export interface Ran {
  code: number
  out: string
  err: string
}

/** `sitrep …` as a process of its own. */
export const sitrep = (settings: Settings, ...words: string[]): Promise<Ran> =>
  new Promise((resolve) => {
    const root = join(import.meta.dirname, '../..')
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...settings }
    const entry = ['--import', './db/quick-imports.ts', 'api/cli.ts']
    execFile(process.execPath, [...entry, ...words], { cwd: root, env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, out, err }),
    )
  })
