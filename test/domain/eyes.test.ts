import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isHidden, maySee, PUBLIC_EYES, scopesOf } from '../../api/domain/eyes.ts'

const KEPT = new Map([
  ['vault', ['acme']],
  ['relay', ['acme', 'globex']],
])

describe('who may see a component', () => {
  it.each([
    ['login', PUBLIC_EYES, false],
    ['vault', PUBLIC_EYES, true],
    ['vault', ['acme'], false],
    ['vault', ['globex'], true],
    ['relay', ['globex'], false],
    ['vault', 'all', false],
  ] as const)('%s is hidden from %j: %s', (component, eyes, hidden) => {
    expect(isHidden(KEPT, eyes, component)).toBe(hidden)
  })
})

describe('who may see what concerns components', () => {
  it.each([
    [[], PUBLIC_EYES, true],
    [['vault'], PUBLIC_EYES, false],
    [['vault', 'login'], PUBLIC_EYES, true],
    [['vault', 'relay'], ['globex'], true],
    [['vault'], ['globex'], false],
  ] as const)('of %j, %j: %s', (components, eyes, seen) => {
    expect(maySee(KEPT, eyes, components)).toBe(seen)
  })
})

const ID = fc.constantFrom('a', 'b', 'c', 'd')
const AUDIENCE: fc.Arbitrary<string> = fc.constantFrom('x', 'y', 'z')

it('gives a scope to exactly those who may see something, with exactly what they may see', () => {
  fc.assert(
    fc.property(
      fc.dictionary(ID, fc.uniqueArray(AUDIENCE, { minLength: 1 })),
      fc.uniqueArray(ID),
      fc.uniqueArray(AUDIENCE),
      (kept, named, eyes) => {
        const map = new Map(Object.entries(kept))
        const scopes = scopesOf(
          map,
          named.map((id) => ({ id, groupId: `group of ${id}` })),
        )
        const mine = scopes.filter(({ audienceId }) => audienceId === null || eyes.includes(audienceId))
        expect(mine.length > 0).toBe(maySee(map, eyes, named))
        const seen = new Set(mine.flatMap(({ componentIds }) => componentIds))
        if (mine.length > 0) expect([...seen].sort()).toEqual(named.filter((id) => !isHidden(map, eyes, id)).sort())
        for (const { componentIds, groupIds } of scopes)
          expect(groupIds).toEqual(componentIds.map((id) => `group of ${id}`))
      },
    ),
  )
})
