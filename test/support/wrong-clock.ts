import { glob } from 'node:fs/promises'
import { debianTool } from './debian-tools.ts'
import type { Settings } from './entry.ts'

/** The settings under which a process believes it to be so much earlier or later: `-10m`, `+10m`. Its timers run true. */
export async function wrongClock(by: string): Promise<Settings> {
  await debianTool('faketime', 'faketime')
  for await (const library of glob('/usr/lib/*/faketime/libfaketime.so.1'))
    return { LD_PRELOAD: library, FAKETIME: by, FAKETIME_DONT_FAKE_MONOTONIC: '1' }
  throw new Error('faketime is there without its library. Run: apt-get install -y --reinstall libfaketime')
}
