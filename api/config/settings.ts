/** The environment as it is handed over: names and texts. */
export type Environment = Record<string, string | undefined>

/** One setting that cannot be used, and how to mend it. */
export interface Problem {
  setting: string
  message: string
}

/** Reads one text; gives the value, or says in words how to mend it. */
export type Kind<T> = (text: string) => { value: T } | { mend: string }

/** Reads settings one by one and keeps what is wrong with them, so that all of it can be said at once. */
export interface Settings {
  /** What was set, read as `kind`; `otherwise` when it was not set, or not usable (then there is a problem as well). */
  read<T, D>(name: string, kind: Kind<T>, otherwise: D): T | D
  /** Whether it is set to anything but nothing. */
  isSet(name: string): boolean
  complain(setting: string, message: string): void
  problems: Problem[]
  /** Usable, but worth saying loudly at the start. */
  warnings: string[]
}

/** The settings in `environment`. An empty text counts as not set, as tools that always pass every name have it. */
export function settingsOf(environment: Environment): Settings {
  const problems: Problem[] = []
  const textOf = (name: string): string | null => environment[name]?.trim() || null
  const complain = (setting: string, message: string) => void problems.push({ setting, message })
  const read = <T, D>(name: string, kind: Kind<T>, otherwise: D): T | D => {
    const text = textOf(name)
    if (text === null) return otherwise
    const answer = kind(text)
    if ('value' in answer) return answer.value
    complain(name, answer.mend)
    return otherwise
  }
  return { read, complain, problems, warnings: [], isSet: (name) => textOf(name) !== null }
}
