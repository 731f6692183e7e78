import type { IncidentScreen, Pausing } from '../../api/domain/room.ts'
import { at, lateRoom } from './room.ts'

/** The room of the SEV1 while Priya has it and Tom has snoozed its alerts, and a longer snooze was refused. */
export const heldRoom: IncidentScreen = {
  ...lateRoom,
  alerts: [{ ...lateRoom.alerts[0]!, state: 'acknowledged', people: [], accepted: 0, failed: 0 }],
  pausing: {
    ...(lateRoom.pausing as Pausing),
    held: [
      { kind: 'acknowledged', by: 'Priya Nair', until: at('14:59'), reason: null },
      { kind: 'snoozed', by: 'Tom Okafor', until: at('14:52'), reason: 'On the phone with the provider' },
    ],
    refused: {
      values: { for: 'PT15M', reason: '' },
      errors: [{ field: 'reason', code: 'too_small', message: 'Write something here.' }],
    },
  },
}
