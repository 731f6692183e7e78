import type { IncidentScreen } from '../../api/domain/room.ts'
import { noCrew, warRoom } from './crew-samples.ts'
import { at, room, SIGN_IN, shell } from './room.ts'

/** The fourth update has been posted and is held for a few seconds yet; a text of somebody else's was refused because of it. */
export const heldBackRoom: IncidentScreen = {
  ...room,
  shell: { ...shell, notice: 'held' },
  composer: null,
  held: {
    update: {
      ...room.updates[0]!,
      id: 'upd4te000004',
      seq: 4,
      at: at('14:37:14'),
      severity: 'SEV2',
      html: '<p>The EU has recovered: sign-in works there again.</p>',
      promiseKept: null,
      deliveryUrl: null,
    },
    url: `/console/incidents/${SIGN_IN}/updates/upd4te000004`,
    leavesAt: at('14:37:24'),
    reach: 14_554,
    inTheWay: true,
    approval: null,
  },
}

/** The viewer is the second person whose approval it waits for. */
export const toApproveRoom: IncidentScreen = {
  ...heldBackRoom,
  shell: { ...shell, notice: null },
  held: {
    ...heldBackRoom.held!,
    update: { ...heldBackRoom.held!.update, author: 'Tom Okafor' },
    leavesAt: at('14:42:14'),
    inTheWay: false,
    approval: { mayGive: true, own: false, breaking: null },
  },
}

/** Its author may recall it, or break the glass; they gave no reason. */
export const awaitingRoom: IncidentScreen = {
  ...toApproveRoom,
  shell: { ...shell, notice: 'awaits_approval' },
  held: {
    ...toApproveRoom.held!,
    update: heldBackRoom.held!.update,
    approval: {
      mayGive: false,
      own: true,
      breaking: {
        values: { reason: '' },
        errors: [{ field: 'reason', code: 'too_small', message: 'Write something here.' }],
      },
    },
  },
}

/** A viewer watches it go, on the page alone. */
export const heldBackRead: IncidentScreen = {
  ...heldBackRoom,
  shell: { ...shell, viewer: { name: 'Eve Ray', role: 'viewer' }, may: { speak: false, administer: false } },
  pausing: { held: [], longest: null, mayTake: false, lengths: [], refused: null },
  crew: noCrew,
  warRoom: { links: warRoom.links, linking: null },
  noting: null,
  notingForStaff: null,
  correcting: null,
  merging: null,
  retracting: null,
  held: {
    ...heldBackRoom.held!,
    update: { ...heldBackRoom.held!.update, pageOnly: true },
    // So long gone that the room does not look again for itself while it is looked at.
    leavesAt: at('14:36:18'),
    reach: 0,
    inTheWay: false,
  },
}

/** An internal incident that customers have to know of after all; what was typed for them is refused. */
export const internalRoom: IncidentScreen = {
  ...room,
  incident: { ...room.incident, visibility: 'internal', publicUrl: null },
  merging: {
    ...room.merging!,
    refused: {
      values: { into: 'exp0rts00001' },
      errors: [{ field: 'into', code: 'illegal_transition', message: 'The other incident is over; reopen it first.' }],
    },
  },
  goingPublic: {
    version: 7,
    refused: {
      values: { title: 'Sign-in fails', body: '' },
      errors: [{ field: 'body', code: 'too_small', message: 'Write something here.' }],
    },
  },
}
