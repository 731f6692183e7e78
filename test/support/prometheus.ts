/** One sample of the text format: `name{label="value"} 1`. */
export interface Sample {
  name: string
  labels: Record<string, string>
  value: number
}

export interface Family {
  type: string
  help: string
  samples: Sample[]
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)(?: \d+)?$/
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(?:,|$)/y
const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped']

/**
 * Reads the text format of Prometheus (0.0.4) strictly: every family is described before its samples and once, every line
 * is well-formed, no sample comes twice, and a histogram's buckets add up. Throws with the line that is wrong.
 */
export function readPrometheus(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('The last line does not end.')
  const families = new Map<string, Family>()
  const seen = new Set<string>()
  for (const line of text.split('\n').filter((each) => each !== '')) {
    if (line.startsWith('#')) describe(families, line)
    else {
      const sample = sampleOf(line)
      const key = `${sample.name} ${JSON.stringify(Object.entries(sample.labels).toSorted())}`
      if (seen.has(key)) throw new Error(`Twice: ${line}`)
      seen.add(key)
      familyOf(families, sample.name, line).samples.push(sample)
    }
  }
  for (const [name, family] of families) if (family.type === 'histogram') checkHistogram(name, family)
  return families
}

function describe(families: Map<string, Family>, line: string): void {
  const [, what, name, rest] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? []
  if (!what || !name || !NAME.test(name)) throw new Error(`No description: ${line}`)
  const family = families.get(name) ?? { type: '', help: '', samples: [] }
  const field = what === 'HELP' ? 'help' : 'type'
  if (family[field] !== '' || family.samples.length > 0) throw new Error(`Described too late, or twice: ${line}`)
  if (what === 'TYPE' && !TYPES.includes(rest!)) throw new Error(`No such type: ${line}`)
  family[field] = rest!
  families.set(name, family)
}

function sampleOf(line: string): Sample {
  const [, name, inside = '', number] = LINE.exec(line) ?? []
  if (!name || !number) throw new Error(`No sample: ${line}`)
  const labels: Record<string, string> = {}
  LABEL.lastIndex = 0
  while (LABEL.lastIndex < inside.length) {
    const [, label, value] = LABEL.exec(inside) ?? []
    if (label === undefined || label in labels) throw new Error(`Labels are wrong: ${line}`)
    labels[label] = value!
  }
  return { name, labels, value: numberIn(number, line) }
}

function numberIn(number: string, line: string): number {
  const special: Record<string, number> = { '+Inf': Infinity, '-Inf': -Infinity, Nan: NaN, NaN }
  const value = special[number] ?? Number(number)
  if (Number.isNaN(value) && number !== 'Nan' && number !== 'NaN') throw new Error(`No number: ${line}`)
  return value
}

function familyOf(families: Map<string, Family>, name: string, line: string): Family {
  const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ''))
  if (!family || family.type === '' || family.help === '') throw new Error(`Not described: ${line}`)
  return family
}

function checkHistogram(name: string, { samples }: Family): void {
  const others = ({ labels: { le: _, ...rest } }: Sample) => JSON.stringify(Object.entries(rest).toSorted())
  for (const [labels, series] of Map.groupBy(samples, others)) {
    const buckets = series.filter((each) => each.name === `${name}_bucket`)
    const rising = buckets.every((each, at) => at === 0 || each.value >= buckets[at - 1]!.value)
    const count = series.find((each) => each.name === `${name}_count`)?.value
    const last = buckets.at(-1)
    const whole = last?.labels.le === '+Inf' && last.value === count
    if (!rising || !whole || !series.some((each) => each.name === `${name}_sum`))
      throw new Error(`The histogram ${name} ${labels} does not add up.`)
  }
}
