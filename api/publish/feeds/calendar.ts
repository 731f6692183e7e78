import ical, {
  escape as escapeIcal,
  ICalCalendarMethod,
  type ICalEventData,
  ICalEventStatus,
  ICalEventTransparency,
} from 'ical-generator'
import { maintenanceUrl, type SiteAddress } from '../../domain/addresses.ts'
import { renderText } from '../../domain/markdown.ts'
import { bySchedule, type MaintenanceSeen, type Snapshot } from '../../domain/snapshot.ts'
import { say } from './words.ts'
import { legalXml } from './xml.ts'

/** How much planned work the calendar holds at most: what is to come goes before what is over. */
const EVENTS = 50
/** How much of that is kept for what was cancelled or moved last: who has the old time must be told. */
const NEWS = 25
/** How often calendars are asked to look again. */
const REFRESH_SECONDS = 3600

/**
 * `/calendar.ics`: planned work in the times it was planned for (standards F13). The library stamps events with the time
 * of rendering unless told otherwise, leaves names as they are, and ends without a line break; those are mended here.
 */
export function calendar(snapshot: Snapshot, { publicUrl }: SiteAddress): string {
  const company = snapshot.organisation.name
  const document = ical({
    prodId: { company: 'Sitrep', product: 'Maintenance' },
    method: ICalCalendarMethod.PUBLISH,
    name: escapeIcal(legalText(say('calendar_title', { company })), false),
    description: escapeIcal(legalText(say('calendar_description', { company })), false),
    ttl: REFRESH_SECONDS,
    events: toldEvents(snapshot).map((maintenance) => eventOf(maintenance, snapshot, publicUrl)),
  })
  return `${document.toString()}\r\n`
}

function toldEvents(snapshot: Snapshot): MaintenanceSeen[] {
  const told = [...newsIn(snapshot), ...snapshot.maintenances, ...snapshot.newestMaintenances]
  const once = new Map(told.map((maintenance) => [maintenance.id, maintenance]))
  return [...once.values()].slice(0, EVENTS).sort(bySchedule)
}

/** What is off or to be at another time than first said, by when that was decided, the latest first. */
const newsIn = ({ maintenances, cancelledMaintenances }: Snapshot): MaintenanceSeen[] =>
  [...cancelledMaintenances, ...maintenances.filter(({ sequence }) => sequence > 0)]
    .sort((one, other) => changedAt(other).getTime() - changedAt(one).getTime())
    .slice(0, NEWS)

const changedAt = ({ changed, updates, createdAt }: MaintenanceSeen): Date =>
  changed?.at ?? updates[0]?.publishedAt ?? createdAt

/** It stays one event whatever becomes of it: only SEQUENCE and the stamps move. */
function eventOf(maintenance: MaintenanceSeen, snapshot: Snapshot, publicUrl: string): ICalEventData {
  return {
    id: `${maintenance.id}@${snapshot.organisation.pageId}`,
    sequence: maintenance.sequence,
    stamp: changedAt(maintenance),
    created: maintenance.createdAt,
    lastModified: changedAt(maintenance),
    start: maintenance.scheduledFor,
    end: maintenance.scheduledUntil,
    summary: legalText(maintenance.title),
    description: legalText(descriptionOf(maintenance, snapshot)),
    url: maintenanceUrl(publicUrl, maintenance.id),
    status: maintenance.status === 'cancelled' ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    transparency: ICalEventTransparency.TRANSPARENT,
  }
}

/** What was planned, and the names of the components concerned, in the order of the page. */
function descriptionOf({ body, componentIds }: MaintenanceSeen, { components }: Snapshot): string {
  const names = components.filter(({ id }) => componentIds.includes(id)).map(({ name }) => name)
  const affected = names.length === 0 ? [] : [say('affected', { components: names.join(', ') })]
  return [renderText(body), ...affected].join('\n\n')
}

/** RFC 5545 allows what XML allows, without DEL. */
const legalText = (text: string): string => legalXml(text).replaceAll('\u007f', '')
