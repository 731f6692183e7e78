import { personByEmail } from '../../db/queries/staff-replies.ts'
import { SYSTEM } from '../actions/acting.ts'
import { endByLink } from '../actions/end-subscription.ts'
import { recordInboundMail } from '../actions/record-inbound-mail.ts'
import { recordReport } from '../actions/record-report.ts'
import type { ReplyMail } from '../delivery/reply-mail.ts'
import { type Envelope, readReturnedMail } from '../delivery/returned-mail.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Report } from '../domain/report.ts'
import type { World } from './world.ts'

type Taking = Pick<
  World,
  'db' | 'clock' | 'log' | 'record' | 'templates' | 'secrets' | 'urls' | 'webhookAllow' | 'returns'
>

/** Reports that are recorded at the same time, of the hundreds that a provider may post at once. */
const AT_ONCE = 5

/** Records what became of mails; the log tells of which delivery, and nobody's address. */
export async function takeReports(world: Taking, reports: readonly Report[]): Promise<void> {
  for (let first = 0; first < reports.length; first += AT_ONCE)
    await Promise.all(reports.slice(first, first + AT_ONCE).map((report) => takeReport(world, report)))
}

async function takeReport(world: Taking, report: Report): Promise<void> {
  const { outcome, deliveryId } = await recordReport({ ...world, actor: SYSTEM }, report)
  const { source, news } = report
  const said = news.kind === 'bounced' ? { meaning: news.meaning, code: news.enhancedCode } : {}
  world.log.info({ source, delivery: deliveryId, news: news.kind, ...said, outcome }, 'a report came back')
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

/**
 * What a member of staff answers to an alert, if the mail is proven to be theirs. Of anybody else's nothing is asked and
 * nothing said. Throws while it cannot be told, so that it comes again.
 */
async function takeReply(world: Taking, raw: Buffer, reply: ReplyMail): Promise<void> {
  const leave = (because: string) => world.log.info({ because }, 'a mail that came in was left alone')
  if (!(await personByEmail(world.db, reply.from))) return leave('its sender is nobody of staff')
  const proof = await world.returns.proveSender(raw, reply.from, await world.clock(world.db))
  if (proof === 'unknown') throw new Error('The key of a signed mail could not be asked of the DNS.')
  if (proof === 'unproven') return leave('no signature proves its sender')
  const outcome = await recordInboundMail({ ...world, actor: SYSTEM }, reply)
  world.log.info({ door: 'email', outcome }, 'a member of staff wrote')
}

/** Reads a mail that came in and does what it is for; anything else is left alone. */
export async function takeReturnedMail(world: Taking, raw: Buffer, envelope: Envelope): Promise<void> {
  const read = await readReturnedMail(raw, envelope, world.returns.bounceDomain)
  if ('report' in read) await takeReports(world, [read.report])
  else if ('leaving' in read) await letGo(world, read.leaving)
  else if ('reply' in read) await takeReply(world, raw, read.reply)
  else world.log.info({ because: read.ignored }, 'a returned mail was left alone')
}
