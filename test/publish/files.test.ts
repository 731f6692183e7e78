import { describe, expect, it } from 'vitest'
import { EVERYTHING, filesTouched, writingOrder } from '../../api/publish/files.ts'

const incident = (incidentId: string) => ({ topic: 'incident' as const, incidentId })

describe('the files that a change touches', () => {
  it('are, for an incident, its own, those of open ones, the lists and the first page, once each', () => {
    expect([...filesTouched([incident('inc000000001'), incident('inc000000002')])]).toEqual([
      'incident:inc000000001',
      'open_incidents',
      'status_json',
      'summary_json',
      'history_rss',
      'home',
      'incident:inc000000002',
    ])
  })

  it('leave the feed and resolved incidents alone when only components changed, but not the subscribe page', () => {
    const touched = filesTouched([{ topic: 'components', incidentId: null }])
    expect(touched.has('history_rss')).toBe(false)
    expect(touched.has('all_incidents')).toBe(false)
    expect(touched.has('subscribe')).toBe(true)
  })

  it('are all of them when the organisation changed, whose name is everywhere', () => {
    expect(filesTouched([{ topic: 'organisation', incidentId: null }])).toEqual(new Set(EVERYTHING))
  })

  it('are none without a change', () => {
    expect(filesTouched([]).size).toBe(0)
  })
})

it('what is pointed to is written before what points to it, and the first page last', () => {
  const paths = [
    'index.html',
    'status.json',
    'incidents/inc000000001/index.html',
    '_astro/a.css',
    'api/v2/summary.json',
  ]
  expect(paths.toSorted((one, other) => writingOrder(one) - writingOrder(other))).toEqual([
    '_astro/a.css',
    'incidents/inc000000001/index.html',
    'status.json',
    'api/v2/summary.json',
    'index.html',
  ])
})
