import type { StaffIncident, StaffNoteView, StaffPage, StaffSubscribePage } from '../../api/domain/staff-page.ts'

/** What support and sales are told at Northwind Cloud, made by hand. */

const at = (time: string) => `2026-11-12T${time}:00.000Z`

const note = (kind: StaffNoteView['kind'], id: string, text: string, by: string | null): StaffNoteView => ({
  id,
  kind,
  at: at('14:20'),
  by,
  text,
  html: `<p>${text}</p>`,
})

export const staffNotes: StaffNoteView[] = [
  note('answer', 'n0te00000001', 'Please stay signed in; we expect to be done by 15:00 UTC.', 'Tom Okafor'),
  note('workaround', 'n0te00000002', 'API keys keep working: a key made before 13:50 UTC needs no sign-in.', null),
  note('note', 'n0te00000003', 'Do not promise credits before the review.', 'Priya Nair'),
]

const incident: StaffIncident = {
  id: 's1gn1n000001',
  title: 'Sign-in fails for most customers',
  severity: 'SEV1',
  status: 'identified',
  visibility: 'public',
  startedAt: at('13:56'),
  resolvedAt: null,
  components: ['Login', 'Dashboard'],
  url: 'https://status.northwind.example/incidents/s1gn1n000001',
  said: {
    at: at('14:30'),
    html: '<p>The roll-back is at 40%.</p>',
    answer: 'The roll-back is at 40%.\n\nhttps://status.northwind.example/incidents/s1gn1n000001',
  },
  dueAt: at('14:45'),
  late: false,
  notes: staffNotes,
}

export const staffPage: StaffPage = {
  company: {
    name: 'Northwind Cloud',
    shortName: 'Northwind',
    supportUrl: 'mailto:help@northwind.example',
    postalAddress: null,
    termsUrl: null,
    privacyUrl: null,
    logoSvg: null,
    siteUrl: 'https://status.northwind.example',
    apiUrl: 'https://sitrep.northwind.example',
  },
  at: at('14:35'),
  state: 'major_outage',
  open: [
    incident,
    {
      ...incident,
      id: 'vault0000001',
      title: 'The relay of Contoso is slow',
      severity: 'SEV2',
      url: null,
      late: true,
      notes: [],
    },
    {
      ...incident,
      id: 'exp0rts00001',
      title: 'Nightly exports are late for some warehouses',
      severity: 'SEV3',
      visibility: 'internal',
      url: null,
      said: null,
      dueAt: null,
      notes: [],
    },
  ],
  past: [
    {
      ...incident,
      id: 'charts000001',
      title: 'Charts were slow',
      severity: 'SEV4',
      status: 'resolved',
      resolvedAt: at('09:27'),
      dueAt: null,
    },
  ],
  components: [
    { id: 'c0mp0nent001', name: 'Login', status: 'major_outage', audiences: [] },
    { id: 'c0mp0nent009', name: 'Contoso relay', status: 'operational', audiences: ['Contoso Logistics', 'Nordics'] },
  ],
  maintenances: [],
  feeds: { atom: '/staff/feed.atom?token=abc', json: '/staff/feed.json?token=abc' },
  subscribe: '/staff/subscribe?token=abc',
}

export const quietStaffPage: StaffPage = {
  ...staffPage,
  state: 'operational',
  open: [],
  past: [],
  components: [],
  feeds: null,
  subscribe: '/staff/subscribe',
}

export const staffSubscribePage: StaffSubscribePage = {
  company: staffPage.company,
  groups: [
    {
      id: 'gr0up0000001',
      name: 'Contoso',
      components: [{ id: 'c0mp0nent009', name: 'Contoso relay' }],
    },
  ],
  action: '/staff/subscriptions?token=abc',
}
