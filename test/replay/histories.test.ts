import { describe, expect, it } from 'vitest'
import { readHistories } from '../../api/replay/history.ts'
import { history, told } from '../support/histories.ts'

const now = new Date('2026-11-12T00:00:00Z')
const read = (...lines: unknown[]) =>
  readHistories(lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'), now)
const reasons = (...lines: unknown[]) => read(...lines).bad.map(({ line, reason }) => `${line} ${reason}`)

describe('a file of histories', () => {
  it('may hold blank lines, and end with or without a line feed', () => {
    expect(read(history(), '', '  ').histories).toHaveLength(1)
  })

  it('tells every bad line with its number and what is wrong with it, and no more than that', () => {
    expect(
      reasons(
        history(),
        'not json',
        '[1]',
        { ...history({ id: 'c' }), impact: 'terrible' },
        { ...history({ id: 'd' }), title: 'A title' },
        history({ id: 'e', updates: [told('10:00', 'investigating', 0), told('10:30', 'resolved')] }),
        history({ id: 'f' }),
      ),
    ).toEqual([
      '2 This is not JSON.',
      '3 Use an object whose impact is one of critical, major, minor, none, maintenance.',
      '4 impact: Use an object whose impact is one of critical, major, minor, none, maintenance.',
      '5 Unrecognized key: "title"',
      '6 updates.0.chars: Too small: expected number to be >=1',
    ])
  })

  it.each([
    ['is told twice', [history(), history()], '2 id: line 1 tells a already.'],
    ['lies ahead', [history({ at: '2026-11-13' })], '1 updates: The last has not happened yet.'],
    [
      'is over without a word',
      [history({ updates: [told('10:00', 'investigating')] })],
      '1 updates: resolved_at is given, and the last does not say resolved.',
    ],
    [
      'is over, and open by its time',
      [history({ resolved_at: null })],
      '1 updates: The last says resolved, and resolved_at is null.',
    ],
    [
      'is resolved twice in a row',
      [history({ updates: [told('10:00', 'resolved'), told('10:20', 'resolved')] })],
      '1 updates: It is resolved twice, with nothing said in between.',
    ],
    [
      'is a maintenance that was never done',
      [history({ impact: 'maintenance', updates: [told('10:00', 'scheduled')] })],
      '1 updates: One says in progress. updates: The last, and no other, says completed.',
    ],
    [
      'is a maintenance that was never planned',
      [history({ impact: 'maintenance', updates: [told('10:00', 'in progress'), told('11:00', 'completed')] })],
      '1 updates: The first, and no other, says scheduled.',
    ],
    [
      'is a maintenance with the word of an incident',
      [history({ impact: 'maintenance' })],
      '1 updates.0.status: Use one of scheduled, in progress, verifying, update, completed. updates.1.status: Use one of scheduled, in progress, verifying, update, completed.',
    ],
  ])('refuses a history that %s', (_what, lines, reason) => {
    expect(reasons(...lines)).toEqual([reason])
  })

  it('has its updates put in the order of their times, those of one time as they stand', () => {
    const updates = [told('10:30', 'resolved'), told('10:00', 'investigating'), told('10:00', 'update', 40)]
    const [only] = read(history({ updates })).histories
    expect(only!.updates.map(({ status, chars }) => [status, chars])).toEqual([
      ['investigating', 60],
      ['update', 40],
      ['resolved', 60],
    ])
  })

  it('names each component of an incident once', () => {
    expect(read(history({ components: ['Login', 'Login '] })).histories[0]!.components).toEqual(['Login'])
  })
})
