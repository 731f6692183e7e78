import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type HomePage, type IncidentPage, LANGUAGES, type Language, type PublicPages } from '../../api/domain/pages.ts'
import { openSite } from '../../api/http/site.ts'
import type { Renderer } from '../../api/publish/documents.ts'
import type { StatusFile } from '../../site/live/data.ts'
import { afterwards } from './afterwards.ts'
import { SAMPLES } from './page-samples.ts'
import { temporaryFolder } from './published.ts'

/** One of the sample pages that are published, in one language. */
export interface SampleCase {
  name: string
  language: Language
  path: string
  /** Its script looks for news. */
  isLive: boolean
}

type Published = { route: keyof PublicPages; page: PublicPages[keyof PublicPages] }

const samples = Object.entries(SAMPLES).flatMap(([name, [route, page]]) =>
  route.startsWith('/subscription')
    ? []
    : [
        { name, path: `/sample/${name.replaceAll(' ', '-')}`, route, page } as Published & {
          name: string
          path: string
        },
      ],
)

const isLive = ({ route, page }: Published): boolean =>
  (route === '/' && (page as HomePage).stamp.revision > 0) ||
  (route === '/incident' && (page as IncidentPage).incident.resolvedAt === null)

export const sampleCases: SampleCase[] = samples.flatMap(({ name, path, ...sample }) =>
  LANGUAGES.map((language) => ({ name, language, path: `${path}/${language}`, isLive: isLive(sample) })),
)

/** What `/status.json` says when nothing has changed since the page was published. */
function statusOf({ route, page }: Published): StatusFile {
  const isHome = route === '/'
  const { incidents, state, maintenances } = page as HomePage
  const all = isHome ? incidents : [(page as IncidentPage).incident]
  return {
    components: isHome ? [{ status: state }] : [],
    maintenances: isHome ? maintenances.map(({ status }) => ({ status })) : [],
    incidents: all.map(({ id, title, severity, status }) => ({ id, title, severity, status, updates: [] })),
    recent_incidents: [],
  }
}

/**
 * Serves the samples from a folder with the headers of the real thing, and the machine files that their scripts ask for:
 * as of the moment at which the page that asks was published. Answers its address.
 */
export async function serveSamples(renderer: Renderer): Promise<string> {
  const folder = await temporaryFolder()
  for (const { path, route, page } of samples)
    for (const language of LANGUAGES) {
      await mkdir(join(folder, path, language), { recursive: true })
      await writeFile(join(folder, path, language, 'index.html'), await renderer.render(route, page as never, language))
    }
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url!, url)
    const reader = request.headers.referer ? new URL(request.headers.referer).pathname : pathname
    const sample = samples.find(({ path }) => reader.startsWith(`${path}/`))
    const at = sample ? new Date(sample.page.stamp.at) : new Date(0)
    response.sendDate = false
    response.setHeader('date', at.toUTCString())
    const machine = { '/status.json': () => statusOf(sample!), '/heartbeat.json': () => ({ as_of: at.toISOString() }) }
    if (pathname in machine) {
      response.setHeader('content-type', 'application/json')
      return void response.end(JSON.stringify(machine[pathname as keyof typeof machine]()))
    }
    const answer = (await site.fetch(new Request(new URL(pathname, url))))!
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const site = openSite(folder, { site: url, api: 'https://sitrep.northwind.example' })
  afterwards(async () => {
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  })
  return url
}
