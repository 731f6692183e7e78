import type { IncidentScreen } from '../../api/domain/room.ts'
import { briefingRoom } from './briefing-samples.ts'
import { at, room } from './room.ts'

const document = (title: string, words: string) =>
  `<!doctype html><html lang="en"><head><title>${title}</title><style>p{color:#14191b}</style></head><body style="margin:0"><p style="padding:16px">${words}</p></body></html>`

const WORDS = 'The EU has recovered: sign-in works there again. In the US the roll-back should finish by 14:55 UTC.'

/** The room with what its composer holds as readers would get it. */
export const previewedRoom: IncidentScreen = {
  ...room,
  preview: {
    dueAt: at('14:52'),
    outside: {
      page: { html: document('Sign-in fails', WORDS) },
      email: {
        subject: 'Sign-in fails for most customers (Northwind Cloud)',
        text: `SEV1 Critical, identified. Next update by 14:52 UTC.\n\n${WORDS}`,
        html: document('Sign-in fails for most customers', WORDS),
        recipients: 12_408,
      },
      sms: {
        text: 'Northwind SEV1 14:37 UTC: The EU has recovered: sign-in works there again. Next update by 14:52. https://nwc.example/i/k3f9a7c2m1qz',
        encoding: 'GSM-7',
        segments: 1,
        recipients: 1932,
        totalSegments: 1932,
        seconds: 1932,
      },
      smsUnits: 133,
      webhook: { body: `{"type":"incident.update","meta":{"unsubscribe":"${'x'.repeat(200)}"}}`, recipients: 214 },
    },
    warnings: [
      {
        field: 'body',
        message: 'This says when it will be over. Say what you do, and when you speak next; that time you can keep.',
        quoted: {
          before: '…the US the roll-back ',
          words: 'should finish by 14:55 UTC',
          after: '.\n\nIf you are signed in, stay…',
        },
      },
      { field: 'body', message: 'Say how long it lasted, or from when to when.', quoted: null },
    ],
    briefing: null,
  },
}

/** The same of an update that is read on no page. */
export const previewedInside: IncidentScreen = {
  ...room,
  incident: { ...room.incident, visibility: 'internal', publicUrl: null },
  preview: { dueAt: null, outside: null, warnings: [], briefing: null },
}

/** An incident so old that a reason buys a longer promise. */
export const longRoom: IncidentScreen = {
  ...room,
  composer: {
    ...room.composer!,
    promises: [...room.composer!.promises, { value: 'PT45M', seconds: 2700 }, { value: 'PT1H', seconds: 3600 }],
    extended: { ...room.composer!.extended, SEV1: { open: 1800, monitoring: 2700 } },
  },
}

const asked = { people: ['Tom Okafor', 'Jonas Lind'], seconds: 300, leavesAt: at('14:42:18'), dueAt: at('14:45') }

/** What is posted waits for a second person, who is named before anything is posted; a briefing goes along. */
export const askingRoom: IncidentScreen = {
  ...previewedRoom,
  briefing: briefingRoom.briefing,
  composer: {
    ...room.composer!,
    approval: { SEV1: asked, SEV2: { ...asked, seconds: 600 }, SEV3: asked, SEV4: asked },
  },
  preview: { ...previewedRoom.preview!, briefing: 'refused' },
}
