import type { HomePage, IncidentPage, IncidentView } from '../../api/domain/pages.ts'
import { barsOf } from './bars.ts'
import { groupOf, groupsOf, rowOf } from './component-samples.ts'
import { at, homeQuiet, homeWrong, incidentOpen, northwind, signIn, signInResolved, stamp, updateOf } from './pages.ts'
import { maintenanceComing, maintenanceRunning } from './planned-work-samples.ts'

/** The home page in its extremes: what a small company never sees and a page has to bear. */

const two = (number: number): string => String(number).padStart(2, '0')

/** Names as long as real ones, and bars in which each component has had its own bad days. */
const THIRTY = ['Sign-in', 'API', 'Storage', 'Email', 'Billing', 'Search'].map((name, group) => {
  const troubled = group === 0
  const rows = ['EU West', 'EU Central', 'US East', 'US West', 'Asia Pacific'].map((region, index) => {
    const number = group * 5 + index + 1
    const bad = {
      [`2026-09-${two(1 + number)}`]: 'degraded_performance' as const,
      [`2026-10-${two(31 - number)}`]: number % 2 === 0 ? ('partial_outage' as const) : ('major_outage' as const),
      ...(troubled ? { '2026-11-12': 'major_outage' as const } : {}),
    }
    return rowOf(
      `c30mp0nent${two(number)}`,
      `${name} ${region}`,
      troubled ? 'major_outage' : 'operational',
      barsOf(bad),
    )
  })
  return groupOf(
    `gr30up0000${two(group)}`,
    `${name} and what belongs to it`,
    troubled ? 'major_outage' : 'operational',
    rows,
  )
})

/** One SEV1 with six updates. */
const sixUpdates: IncidentView = {
  ...signIn,
  updates: [...signInResolved.updates.slice(1, 4), ...signIn.updates],
  status: 'monitoring',
}

/** Thirty components in six groups, ninety days each, and a SEV1 with six updates: the first view that has to be small. */
export const homeThirty: HomePage = {
  ...homeWrong,
  incidents: [sixUpdates],
  groups: THIRTY,
  working: THIRTY.slice(1).map(({ name }) => name!),
  maintenances: [maintenanceComing],
}

/** Two hundred components in twenty groups. */
export const homeHuge: HomePage = {
  ...homeQuiet,
  groups: Array.from({ length: 20 }, (_, group) =>
    groupOf(
      `gr200up000${two(group)}`,
      `Region ${group + 1}`,
      'operational',
      Array.from({ length: 10 }, (_, index) =>
        rowOf(
          `c200mp0${two(group)}0${two(index)}`,
          `Service ${index + 1} of region ${group + 1}`,
          'operational',
          barsOf(index === 3 ? { '2026-10-04': 'partial_outage' } : {}, '', '2026-11-17'),
        ),
      ),
    ),
  ),
}

const WORD = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'
const LONG = `${WORD} cannot reach https://storage.eu-central-1.northwind.example/${'very-long-path/'.repeat(12)} because `

/** Words without end, in every place that people fill. */
export const homeLong: HomePage = {
  ...homeWrong,
  company: { ...northwind, name: `${WORD} and Sons Incorporated of the United Kingdom`, postalAddress: LONG },
  incidents: [
    {
      ...signIn,
      title: `${WORD} fails for most customers in every region where we have any, whatever they try, since this morning`,
      affected: [{ name: WORD.repeat(2), status: 'major_outage' }],
      updates: [updateOf({ seq: 1, at: at('14:04'), status: 'investigating', html: `<p>${LONG.repeat(25)}</p>` })],
    },
  ],
  groups: [
    groupOf('gr0up0000001', WORD, 'major_outage', [
      { ...rowOf('c0mp0nent001', WORD.repeat(2), 'major_outage'), description: LONG },
    ]),
    groupOf(null, null, 'operational', [rowOf('c0mp0nent002', `${LONG} it is outside of any group`)]),
  ],
  working: [WORD, LONG],
  maintenances: [{ ...maintenanceComing, title: LONG, html: `<p>${LONG.repeat(5)}</p>`, affected: [WORD, WORD] }],
}

const arabic: IncidentView = {
  ...signIn,
  title: 'تعذّر تسجيل الدخول لمعظم العملاء',
  affected: [{ name: 'تسجيل الدخول', status: 'major_outage' }],
  updates: [
    updateOf({
      seq: 1,
      at: at('14:04'),
      status: 'investigating',
      headline: 'لا يستطيع معظم العملاء تسجيل الدخول.',
      html: '<p>لا يستطيع معظم العملاء تسجيل الدخول منذ الساعة 13:56 UTC. واجهة API تعمل. <a href="https://northwind.example/help">التعليمات</a></p>',
    }),
  ],
}

/** Written from right to left, with words and numbers from left to right among them. */
export const homeArabic: HomePage = {
  ...homeWrong,
  company: { ...northwind, name: 'شركة الرياح الشمالية', shortName: 'الرياح' },
  incidents: [arabic],
  groups: [
    groupOf('gr0up0000001', 'الحسابات', 'major_outage', [rowOf('c0mp0nent001', 'تسجيل الدخول', 'major_outage')]),
    groupOf('gr0up0000002', 'REST API', 'operational', [rowOf('c0mp0nent002', 'واجهة API')]),
  ],
  working: ['REST API'],
  maintenances: [{ ...maintenanceComing, title: 'صيانة قاعدة البيانات (EU)', affected: ['واجهة API'] }],
}

/** A company whose components belong to no group, one of them new. */
export const homeUngrouped: HomePage = {
  ...homeQuiet,
  groups: [
    groupOf(null, null, 'operational', [
      {
        ...rowOf('c0mp0nent001', 'Docs', 'operational', barsOf({}, '2026-11-01', '2026-11-17')),
        description: 'Guides',
      },
      rowOf('c0mp0nent002', 'Not yet there', 'operational', barsOf({}, '2026-12-01', '2026-11-17')),
    ]),
  ],
}

/** Nothing but planned work is under way, and more is to come. */
export const homeMaintained: HomePage = {
  ...homeQuiet,
  stamp,
  state: 'under_maintenance',
  groups: groupsOf(true).map((group, index) =>
    index === 2
      ? groupOf(group.id, group.name, 'under_maintenance', [
          rowOf(
            'c0mp0nent005',
            'Storage EU',
            'under_maintenance',
            barsOf({ '2026-11-17': 'under_maintenance' }, '', '2026-11-17'),
          ),
          group.components[1]!,
        ])
      : group,
  ),
  working: ['Sign-in and console', 'API and webhooks', 'Billing and email'],
  maintenances: [maintenanceRunning, maintenanceComing],
}

/** An update whose wording was corrected twice, the second time without telling anybody. */
export const incidentCorrected: IncidentPage = {
  ...incidentOpen,
  incident: {
    ...signIn,
    updates: [
      {
        ...signIn.updates[0]!,
        corrections: [
          {
            id: 'c0rrect10n02',
            at: at('14:36'),
            previousHtml: '<p>The cause is a change to our sesion store made at 13:55 UTC.</p>',
            reason: 'A letter was missing.',
            told: false,
          },
          {
            id: 'c0rrect10n01',
            at: at('14:33'),
            previousHtml: '<p>The cause is a change to our sesion store made at 12:55 UTC.</p>',
            reason: 'A customer noticed that the time was wrong by an hour.',
            told: true,
          },
        ],
      },
      ...signIn.updates.slice(1),
    ],
  },
}
