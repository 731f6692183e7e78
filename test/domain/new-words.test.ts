import { describe, expect, it } from 'vitest'
import { recordWithNewWords, withNewWords } from '../../api/domain/new-words.ts'
import { at, componentSeen, incidentSeen, snapshotOf } from '../support/snapshots.ts'

const change = { revision: 12, at: at('14:30') }
const [told, other] = [incidentSeen({ id: 'inc000000001' }), incidentSeen({ id: 'inc000000002' })]
const retold = { ...told, late: true, changed: change }
const before = snapshotOf({ open: [told, other], newest: [told, other] })

describe('what outsiders see after new words', () => {
  it('holds the incident as it is now wherever it is listed, and all else as it was', () => {
    expect(withNewWords(before, [retold], change)).toEqual({
      ...before,
      last: change,
      lastOf: { ...before.lastOf, incident: change },
      open: [retold, other],
      newest: [retold, other],
    })
  })

  it('is read anew once a day has begun, for lists and bars move with the day', () => {
    const tomorrow = { revision: 12, at: new Date(before.last.at.getTime() + 24 * 3_600_000) }
    expect(withNewWords(before, [retold], tomorrow)).toBeNull()
  })

  it('keeps the time of the last change where a later one has a smaller revision', () => {
    const earlier = { revision: 12, at: new Date(before.last.at.getTime() - 1) }
    expect(withNewWords(before, [retold], earlier)?.last).toEqual({ revision: 12, at: before.last.at })
  })

  it('moves the stamp of a component that the incident concerns, and of no other', () => {
    const record = { component: componentSeen({ id: 'cmp000000001' }), changed: before.last, maintenances: [] }
    expect(recordWithNewWords({ ...record, incidents: [told] }, [retold])).toMatchObject({
      changed: change,
      incidents: [retold],
    })
    expect(recordWithNewWords({ ...record, incidents: [other] }, [retold]).changed).toEqual(before.last)
  })
})
