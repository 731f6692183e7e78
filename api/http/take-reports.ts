import { type Acting, SYSTEM } from '../actions/acting.ts'
import { endByLink } from '../actions/end-subscription.ts'
import { recordReport } from '../actions/record-report.ts'
import { readReturnedMail } from '../delivery/returned-mail.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Report } from '../domain/report.ts'
import type { World } from './world.ts'

type Taking = Pick<World, 'db' | 'clock' | 'log' | 'templates' | 'secrets' | 'urls' | 'webhookAllow' | 'returns'>

/** Reports that are recorded at the same time, of the hundreds that a provider may post at once. */
const AT_ONCE = 5

/** Records what became of mails; the log tells of which delivery, and nobody's address. */
export async function takeReports(world: Taking, reports: readonly Report[]): Promise<void> {
  const acting: Acting = { ...world, actor: SYSTEM }
  for (let first = 0; first < reports.length; first += AT_ONCE)
    await Promise.all(reports.slice(first, first + AT_ONCE).map((report) => takeReport(world, acting, report)))
}

async function takeReport({ log }: Taking, acting: Acting, report: Report): Promise<void> {
  const { outcome, deliveryId } = await recordReport(acting, report)
  const { source, news } = report
  const said = news.kind === 'bounced' ? { meaning: news.meaning, code: news.enhancedCode } : {}
  log.info({ source, delivery: deliveryId, news: news.kind, ...said, outcome }, 'a report came back')
}

/** Somebody leaves by mail; a token that we did not sign changes nothing. */
async function letGo(world: Taking, token: string): Promise<void> {
  try {
    await endByLink({ ...world, actor: SYSTEM }, token)
    world.log.info({ source: 'mail' }, 'a reader left')
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    world.log.info({ because: 'its token is not ours' }, 'a returned mail was left alone')
  }
}

/** Reads a mail that came to a return address and records what it reports; anything else is left alone. */
export async function takeReturnedMail(world: Taking, raw: string | Buffer, recipients: string[]): Promise<void> {
  const read = await readReturnedMail(raw, recipients, world.returns.bounceDomain)
  if ('report' in read) await takeReports(world, [read.report])
  else if ('leaving' in read) await letGo(world, read.leaving)
  else world.log.info({ because: read.ignored }, 'a returned mail was left alone')
}
