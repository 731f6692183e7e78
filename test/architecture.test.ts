import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const sources = ['api', 'db', 'site']
  .flatMap((folder) => globSync(`${folder}/**/*.{ts,astro}`, { cwd: root }))
  .filter((file) => !file.endsWith('.d.ts'))
const text = (file: string) => readFileSync(join(root, file), 'utf8')

/** Relative imports of a file, as paths from the root; those of types and those made while it runs as well. */
const importsOf = (file: string): string[] => relativeIn(file, /(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g)

/** The same without those of types, which are gone when it runs. */
const valuesOf = (file: string): string[] =>
  relativeIn(file, /^(?:import|export) (?!type )[^'"]*['"](\.[^'"]+)['"]|\bimport\(\s*['"](?<late>\.[^'"]+)['"]/gm)

const relativeIn = (file: string, pattern: RegExp): string[] =>
  [...text(file).matchAll(pattern)].map(([, path, late]) =>
    relative(root, resolve(root, dirname(file), (path ?? late)!)),
  )

/** Floors of the house, from the ground up; whoever is listed may be imported by the floors that name them. */
const FLOORS: { floor: string; holds: RegExp; mayImport: string[] }[] = [
  { floor: 'domain', holds: /^api\/domain\//, mayImport: ['domain'] },
  { floor: 'clock', holds: /^api\/clock\.ts$/, mayImport: [] },
  {
    floor: 'ground',
    holds: /^api\/(log|recorder|template-messages|template-words|templates)\.ts$/,
    mayImport: ['domain', 'ground'],
  },
  { floor: 'db', holds: /^db\//, mayImport: ['db', 'domain', 'clock', 'ground'] },
  { floor: 'site', holds: /^site\//, mayImport: ['site', 'domain'] },
  { floor: 'actions', holds: /^api\/actions\//, mayImport: ['actions', 'db', 'ground', 'domain', 'clock'] },
  { floor: 'delivery', holds: /^api\/delivery\//, mayImport: ['delivery', 'db', 'ground', 'domain', 'clock'] },
  { floor: 'publish', holds: /^api\/publish\//, mayImport: ['publish', 'db', 'ground', 'domain', 'clock'] },
  {
    floor: 'http',
    holds: /^api\/http\//,
    mayImport: ['http', 'actions', 'delivery', 'publish', 'db', 'ground', 'domain', 'clock'],
  },
  {
    floor: 'schedule',
    holds: /^api\/schedule\//,
    mayImport: ['schedule', 'actions', 'delivery', 'publish', 'db', 'ground', 'domain', 'clock'],
  },
]
const TOP =
  /^api\/(main|run|service|service\/.*|cli|cli\/.*|config|config\/.*|secret|start-failures|demo|demo\/.*|replay\/.*)(\.ts)?$/
const floorOf = (file: string) => FLOORS.find(({ holds }) => holds.test(file))

describe('the house', () => {
  it('gives every source file a floor', () => {
    expect(sources.filter((file) => !floorOf(file) && !TOP.test(file))).toEqual([])
  })

  it('imports downward only; actions, delivery and publish never know each other', () => {
    const wrong = sources.flatMap((file) => {
      const floor = floorOf(file)
      if (!floor) return []
      return importsOf(file)
        .filter((path) => !path.endsWith('.json') && !path.endsWith('.css'))
        .filter((path) => !floor.mayImport.includes(floorOf(path)?.floor ?? 'top'))
        .map((path) => `${file} → ${path}`)
    })
    expect(wrong).toEqual([])
  })

  it('has no cycle of imports', () => {
    const graph = new Map(sources.map((file) => [file, importsOf(file).filter((path) => sources.includes(path))]))
    const done = new Set<string>()
    const cycles: string[] = []
    const walk = (file: string, path: string[]): void => {
      if (path.includes(file)) {
        cycles.push([...path.slice(path.indexOf(file)), file].join(' → '))
        return
      }
      if (done.has(file)) return
      for (const next of graph.get(file) ?? []) walk(next, [...path, file])
      done.add(file)
    }
    for (const file of sources) walk(file, [])
    expect(cycles).toEqual([])
  })

  it('reads the environment in one file', () => {
    expect(sources.filter((file) => file !== 'api/config.ts' && text(file).includes('process.env'))).toEqual([])
  })

  it('reads the clock in one file', () => {
    const clocks = /Date\.now\(\)|new Date\(\)|Temporal\.Now|performance\.timeOrigin/
    expect(
      sources.filter((file) => !['api/clock.ts', 'site/live/clock.ts'].includes(file) && clocks.test(text(file))),
    ).toEqual([])
  })

  it('compares with sitrep_now(), never with now()', () => {
    expect(
      sources.filter((file) =>
        /(?<!sitrep_)(?<![\w.])now\(\)(?=\s*[-+<>=)]|\s+-)/.test(text(file).replace(/clock\.now\(\)/g, '')),
      ),
    ).toEqual([])
  })

  it('keeps rules pure: no database, file, network or environment in the domain', () => {
    const impure = /from '(node:(fs|net|http|child_process|process|os)|drizzle|postgres|hono|nodemailer|twilio)/
    expect(sources.filter((file) => file.startsWith('api/domain/') && impure.test(text(file)))).toEqual([])
  })

  it('sends by one carrier each: nodemailer and twilio are known to one file', () => {
    const users = (name: string) => sources.filter((file) => new RegExp(`from '${name}['/]`).test(text(file)))
    expect(users('twilio').filter((file) => file !== 'api/delivery/sms.ts')).toEqual(
      users('twilio').filter((file) => /signature|twilio-signature/.test(file)),
    )
    expect(users('nodemailer').every((file) => file.startsWith('api/delivery/'))).toBe(true)
  })

  it('loads the database driver in one file, which mends it', () => {
    const loads = /^import (?!type )[^;]*?from '(postgres|drizzle-orm\/postgres-js)'/m
    expect(sources.filter((file) => loads.test(text(file)))).toEqual([])
  })

  /** What makes anything that outsiders read, with all that it imports. */
  const PUBLIC = [
    'db/queries/snapshot.ts',
    'db/queries/public-incidents.ts',
    'db/queries/public-maintenances.ts',
    'db/queries/public-history.ts',
    'api/publish/documents.ts',
    'api/publish/everything.ts',
    'api/publish/touched-documents.ts',
    'api/http/private-document.ts',
  ]
  /** The only tables that its queries may name; everything else is read through the views. */
  const OPEN_TABLES = ['CHANGE_TOPICS', 'ChangeTopic', 'components', 'organisation', 'siteChanges']
  const INTERNAL =
    /(staff|briefing|brief|timeline|war-room|drafts?|alert-drafts|audit|people|subscribers?|deliver|board|room|console|screens?)[^/]*$/

  it('lets what is public import nothing that is internal, however far it reaches', () => {
    const reached = new Set<string>()
    const walk = (file: string): void => {
      if (reached.has(file) || !sources.includes(file)) return
      reached.add(file)
      importsOf(file).forEach(walk)
    }
    // Types of the tables know all tables; what a query names of them is looked at below.
    reached.add('db/schema.ts').add('db/client.ts')
    PUBLIC.forEach(walk)
    expect(reached.size).toBeGreaterThan(40)
    const internal = [...reached].filter((file) => !file.startsWith('db/schema') && INTERNAL.test(file))
    expect(internal).toEqual([])
  })

  it('lets what is public read the public views and no table that holds internal words, however far it reaches', () => {
    const reached = new Set<string>()
    const walk = (file: string): void => {
      if (reached.has(file) || !sources.includes(file) || file.startsWith('db/schema')) return
      reached.add(file)
      valuesOf(file).forEach(walk)
    }
    PUBLIC.forEach(walk)
    const queries = [...reached].filter((file) => file.startsWith('db/queries/'))
    expect(queries.length).toBeGreaterThan(5)
    for (const file of queries) {
      // Whose eyes look is read where it is set, and is no words.
      const open = file === 'db/queries/eyes.ts' ? [...OPEN_TABLES, 'componentAudiences'] : OPEN_TABLES
      expect(
        tablesIn(file).filter((name) => !open.includes(name)),
        file,
      ).toEqual([])
      expect(text(file)).not.toMatch(
        /\b(from|join|update|into) (incidents|updates|corrections|timeline_entries|staff_notes|alerts|briefings|decisions|drafts|people|subscribers|deliveries|audit_log|page_links|incident_components|maintenances|maintenance_updates|component_spans)\b/,
      )
    }
  })

  /** The tables that a file of queries names, by whichever door; all of them at once, as `*`. The views are everybody's. */
  const tablesIn = (file: string): string[] =>
    [...text(file).matchAll(/^import (?!type )([^'"]*?) from ['"]\.\.\/(schema(?:\/[\w-]+)?)\.ts['"]/gm)]
      .filter(([, , door]) => door !== 'schema/views')
      .flatMap(([, names]) => (names!.startsWith('{') ? names!.slice(1, -1).split(',') : ['*']))
      .map((name) => name.replace(/\btype /, '').trim())
      .filter(Boolean)

  it('lets nothing that publishes know of briefings', () => {
    const graph = new Map(sources.map((file) => [file, importsOf(file)]))
    // The schema names every table; who uses one of them is asked below.
    const below = (file: string, seen = new Set<string>()): Set<string> => {
      for (const next of graph.get(file) ?? [])
        if (!seen.has(next) && !next.startsWith('db/schema')) below(next, seen.add(next))
      return seen
    }
    const publishing = sources.filter((file) => /^(api\/publish\/|db\/queries\/(public-|snapshot|site-))/.test(file))
    expect(publishing.length).toBeGreaterThan(10)
    expect(publishing.flatMap((file) => [...below(file)].filter((path) => /brief|decision/.test(path)))).toEqual([])
    const tables = /\b(briefings|briefingRecipients|briefingReceipts|decisions|briefingRules|briefingClocks)\b/
    expect(publishing.filter((file) => tables.test(text(file)))).toEqual([])
  })

  it('holds no file over 300 lines', () => {
    expect(sources.filter((file) => text(file).split('\n').length > 300)).toEqual([])
  })
})
