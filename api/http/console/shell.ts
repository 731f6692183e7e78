import { type ChannelHealth, channelHealth } from '../../../db/queries/channel-health.ts'
import { type AboutWhat, waitingAnnouncements } from '../../../db/queries/guarded.ts'
import { theOrganisation } from '../../../db/queries/people.ts'
import { heldRestore, type Restore } from '../../../db/queries/restores.ts'
import { namesWithoutTexts } from '../../../db/queries/staff-texts.ts'
import type { Actor } from '../../actions/acting.ts'
import { covers, type Role } from '../../domain/role.ts'
import { type Banner, NOTICES, type Notice, type Shell } from '../../domain/screen-parts.ts'
import type { Call } from '../route.ts'
import type { World } from '../world.ts'
import { roomOf } from './guarded.ts'

/** What stands around the screen that a request asks for; the notice comes with the address that a form led to. */
export const shellOf = ({ world, acting, request }: Pick<Call, 'world' | 'acting' | 'request'>): Promise<Shell> =>
  shellFor(world, acting.actor, noticeIn(request))

/** What stands around a screen for this viewer. */
export async function shellFor(
  world: World,
  viewer: Pick<Actor, 'name' | 'role'>,
  notice: Notice | null = null,
): Promise<Shell> {
  const { role } = viewer
  const may = (needed: Role) => role !== null && covers(role, needed)
  const [now, company, banners] = await Promise.all([
    world.clock(world.db),
    theOrganisation(world.db),
    may('viewer') ? bannersOf(world, may) : [],
  ])
  return {
    now: now.toISOString(),
    company: company?.name ?? 'Sitrep',
    siteUrl: world.urls.site,
    viewer: role && { name: viewer.name, role },
    may: { speak: may('responder'), administer: may('admin') },
    banners,
    notice,
  }
}

function noticeIn(request: Request): Notice | null {
  const word = new URL(request.url).searchParams.get('notice')
  return NOTICES.find((notice) => notice === word) ?? null
}

/** What staff must know before anything else; outsiders are told nothing of it (standards X12). */
async function bannersOf(world: World, may: (needed: Role) => boolean): Promise<Banner[]> {
  const [health, held, waiting, deaf] = await Promise.all([
    channelHealth(world.db),
    heldRestore(world.db),
    waitingAnnouncements(world.db),
    may('commander') ? namesWithoutTexts(world.db) : [],
  ])
  return [
    ...holding(held, may('admin')),
    ...troubles(health.email, health.sms),
    ...waiting.map(unconfirmed),
    ...deaf.map(withoutTexts),
    ...hints(world.mailbox),
  ]
}

/** A restored database says nothing until somebody has looked at it (standards R22). */
export function holding(held: Restore | null, mayRelease: boolean): Banner[] {
  if (!held) return []
  const of = `${held.takenAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const text = `Restored from a backup of ${of}. Nothing is sent, published or alerted until an admin releases it.`
  const link = { href: '/console/release', text: 'Look at it and release it' }
  return [{ kind: 'alarm', text, ...(mayRelease && { link }) }]
}

/** Silence that our own guard causes must not go unnoticed: every screen says so until somebody decides. */
const unconfirmed = (about: AboutWhat): Banner => {
  const reach = new Intl.NumberFormat('en-US').format(about.announcement.guardedReach!)
  const text = `${about.title}: a message to ${reach} people waits for a second confirmation.`
  return { kind: 'alarm', text, link: { href: `${roomOf(about)}#guarded`, text: 'Send it, or drop it' } }
}

/** Somebody may not wake up: their phone has told the carrier STOP. */
const withoutTexts = (name: string): Banner => ({
  kind: 'alarm',
  text: `${name} is alerted by mail alone: their phone has opted out of our texts. It gets them again after it sends START.`,
})

const since = ({ since: from }: ChannelHealth): string => (from ? ` since ${from.toISOString().slice(11, 16)} UTC` : '')

/** Somebody may not be reached: both carriers fail and nobody hears an alert, or one does and half the ways are shut. */
export function troubles(email: ChannelHealth, sms: ChannelHealth): Banner[] {
  const mute = (text: string): Banner[] => [{ kind: 'alarm', text }]
  if (email.state === 'failing' && sms.state === 'failing')
    return mute(`Neither mail nor SMS gets through${since(email)}. Alerts reach nobody: watch the clock yourselves.`)
  if (email.state === 'failing') return mute(`Mail does not get through${since(email)}. SMS does.`)
  return sms.state === 'failing' ? mute(`SMS does not get through${since(sms)}. Mail does.`) : []
}

/** Where messages stay in the house because no carrier is set. */
export function hints({ email, sms }: World['mailbox']): Banner[] {
  const hint = (text: string): Banner[] => [{ kind: 'hint', text }]
  if (email && sms) return hint('No carrier is set up: mail and SMS go to the mailbox and leave nowhere.')
  if (email) return hint('No mail server is set up: mail goes to the mailbox and leaves nowhere.')
  return sms ? hint('No SMS carrier is set up: SMS go to the mailbox and leave nowhere.') : []
}
