/** What an examination found: fine, worth mending, or broken. */
export interface Finding {
  level: 'ok' | 'warn' | 'fail'
  /** What was looked at, such as `database`. */
  check: string
  text: string
  /** How to mend it, in a sentence; null where there is nothing to mend. */
  mend: string | null
}

/** The findings of one check. */
export const about = (check: string) => ({
  ok: (text: string): Finding => ({ level: 'ok', check, text, mend: null }),
  warn: (text: string, mend: string): Finding => ({ level: 'warn', check, text, mend }),
  fail: (text: string, mend: string): Finding => ({ level: 'fail', check, text, mend }),
})

/** Whether nothing is broken. */
export const isSound = (findings: readonly Finding[]): boolean => findings.every(({ level }) => level !== 'fail')

/** Lines of plain text, what is to be mended below what is wrong. */
export function findingLines(findings: readonly Finding[]): string[] {
  const widest = Math.max(0, ...findings.map(({ check }) => check.length))
  return findings.flatMap(({ level, check, text, mend }) => [
    `${level.padEnd(4)}  ${check.padEnd(widest)}  ${text}`,
    ...(mend ? [`${' '.repeat(widest + 8)}→ ${mend}`] : []),
  ])
}
