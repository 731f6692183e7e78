import type { BriefingComposer, BriefingRoom, BriefingView, ShownBriefing } from '../../api/domain/briefing-view.ts'
import type { ConsoleScreens } from '../../api/domain/screens.ts'
import { BRIEFING } from './briefings.ts'
import { at, outside, resolvedRoom, room, SIGN_IN, shell } from './room.ts'

/** Northwind Cloud's executives are told of the sign-in that fails, as the drawing of the mail has it. */

const view: BriefingView = {
  id: 'br1ef1ng0002',
  incidentId: SIGN_IN,
  title: 'Sign-in fails for most customers',
  seq: 2,
  severity: 'SEV1',
  resolved: false,
  publishedAt: at('14:32'),
  headline: BRIEFING.headline,
  situation: BRIEFING.situation,
  customerImpact: BRIEFING.customer_impact,
  numbers: { affected: '6,000', lasted: '36 min' },
  startedAt: at('13:56'),
  businessImpact: BRIEFING.business_impact,
  supportLoad: BRIEFING.support_load,
  actions: [...BRIEFING.actions],
  eta: BRIEFING.eta,
  confidence: 'high',
  decision: {
    question: 'Do we write to all 8,400 account owners at 15:00, or only to the 6,000 affected?',
    advice: 'only the affected.',
    person: 'Ana Ruiz',
    dueAt: at('14:50'),
    late: false,
    answer: null,
  },
  toldPublic: [
    { publishedAt: at('14:04:11'), headline: 'Some customers cannot sign in.' },
    { publishedAt: at('14:30:02'), headline: 'The cause is known; the EU is back.' },
  ],
  commander: 'Priya Nair',
  commsLead: 'Tom Okafor',
  nextDueAt: at('15:02'),
  readBy: ['Max Roth'],
}

const base = `/console/brief/${view.id}`

export const shown: ShownBriefing = {
  view,
  receipt: { action: `${base}/receipt`, readAt: null },
  deciding: { action: `${base}/decision`, form: { values: {}, errors: [] } },
}

const executive = {
  ...shell,
  viewer: { name: 'Ana Ruiz', role: 'executive' as const },
  may: { speak: false, administer: false },
}

export const brief: ConsoleScreens['console/brief'] = {
  shell: executive,
  burning: [
    {
      id: SIGN_IN,
      title: view.title,
      severity: 'SEV1',
      status: 'identified',
      startedAt: at('13:56'),
      nextUpdateDueAt: at('14:45'),
      late: false,
      briefingDueAt: at('15:02'),
      latest: shown,
    },
    {
      id: 'exp0rts00001',
      title: 'Nightly exports are late',
      severity: 'SEV3',
      status: 'investigating',
      startedAt: at('12:33'),
      nextUpdateDueAt: at('14:33'),
      late: true,
      briefingDueAt: null,
      latest: null,
    },
  ],
  earlier: [
    {
      id: 'br1ef1ng0001',
      seq: 1,
      title: view.title,
      severity: 'SEV1',
      publishedAt: at('14:05'),
      headline: 'Most customers cannot sign in; we look for the cause.',
    },
  ],
}

export const calmBrief: ConsoleScreens['console/brief'] = { shell: executive, burning: [], earlier: [] }

export const briefing: ConsoleScreens['console/briefing'] = { shell: outside, shown, backUrl: null }

export const decidedBriefing: ConsoleScreens['console/briefing'] = {
  shell: { ...executive, notice: 'decided' },
  backUrl: '/console/brief',
  shown: {
    view: {
      ...view,
      actions: null,
      eta: null,
      confidence: 'unknown',
      numbers: { ...view.numbers, affected: null },
      decision: {
        ...view.decision!,
        answer: { answer: 'approved', comment: 'Go ahead.', by: 'Ana Ruiz', at: at('14:40') },
      },
    },
    receipt: { action: `${base}/receipt`, readAt: at('14:38') },
    deciding: null,
  },
}

const composer: BriefingComposer = {
  form: {
    values: {
      'briefing.situation': BRIEFING.situation,
      'briefing.customer_impact': BRIEFING.customer_impact,
      'briefing.customers_affected': '6000',
      'briefing.business_impact': 'unknown',
      'briefing.support_load': 'unknown',
      'briefing.actions.0.what': 'Roll back',
      'briefing.actions.0.owner': 'Priya Nair',
      'briefing.eta': '2026-11-12T14:55',
      'briefing.confidence': 'high',
      'briefing.next_briefing_in': 'PT30M',
    },
    errors: [],
  },
  alone: false,
  seq: 3,
  words: 27,
  recipients: [
    { name: 'Ana Ruiz', channels: ['email', 'sms'] },
    { name: 'Max Roth', channels: ['email'] },
  ],
  facts: {
    startedAt: at('13:56'),
    components: ['Login: major outage'],
    toldCount: 3,
    lastTold: { publishedAt: at('14:30:02'), headline: 'The cause is known; the EU is back.' },
    taken: 12_383,
  },
  deciders: [{ id: 'p3rs0n000009', name: 'Ana Ruiz' }],
  longestWait: 1800,
  last: false,
  preview: null,
}

const latest: BriefingRoom['latest'] = {
  id: view.id,
  seq: 2,
  publishedAt: view.publishedAt,
  headline: view.headline,
  sentTo: 2,
  readBy: ['Max Roth'],
  decision: { ...view.decision!, dueAt: at('14:35'), late: true },
}

export const briefingRoom: ConsoleScreens['console/incident'] = {
  ...room,
  briefing: {
    composer,
    latest,
    dueAt: at('15:02'),
    late: false,
    forNobody: false,
    alerts: [
      {
        name: 'due',
        at: at('14:11'),
        state: 'alerted',
        people: ['Priya Nair'],
        accepted: 2,
        failed: 0,
      },
    ],
  },
}

const previewed: BriefingComposer['preview'] = {
  wordCount: 49,
  nextDueAt: at('15:07'),
  people: [
    { id: 'p3rs0n000009', name: 'Ana Ruiz', channels: ['email', 'sms'] },
    { id: 'p3rs0n000010', name: 'Max Roth', channels: ['email'] },
  ],
  email: {
    to: 'p3rs0n000009',
    subject: `Briefing 3, SEV1: ${BRIEFING.headline}`,
    text: `Executive briefing 3 · SEV1 Critical · 14:37 UTC · confidential\n\n${BRIEFING.headline}`,
    html: `<!doctype html><html lang="en"><head><title>Briefing 3</title></head><body><h1>${BRIEFING.headline}</h1></body></html>`,
  },
  sms: {
    to: 'p3rs0n000009',
    text: `Northwind briefing 3 SEV1 14:37 UTC: ${BRIEFING.headline} http://localhost:3000/b/…`,
    encoding: 'GSM-7',
    segments: 2,
  },
  webhook: null,
}

export const briefingPreviewedRoom: ConsoleScreens['console/incident'] = {
  ...briefingRoom,
  briefing: { ...briefingRoom.briefing!, composer: { ...composer, preview: previewed } },
}

const refused = { field: 'briefing.headline', code: 'blank_use_unknown', message: 'Blank is no answer: say "unknown".' }

export const lastBriefingRoom: ConsoleScreens['console/incident'] = {
  ...resolvedRoom,
  briefing: {
    composer: {
      ...composer,
      alone: true,
      last: true,
      recipients: [],
      form: { ...composer.form, errors: [refused] },
    },
    latest: null,
    dueAt: null,
    late: false,
    forNobody: true,
    alerts: [],
  },
}
