import { describe, expect, it } from 'vitest'
import { remembering } from '../../api/domain/remembering.ts'

describe('a function that remembers', () => {
  const counting = (limit: number) => {
    const asked: string[] = []
    const shout = remembering(limit, (text) => {
      asked.push(text)
      return `${text}!`
    })
    return { asked, shout }
  }

  it('makes each text once and answers the same', () => {
    const { asked, shout } = counting(2)
    expect([shout('a'), shout('a'), shout(''), shout('')]).toEqual(['a!', 'a!', '!', '!'])
    expect(asked).toEqual(['a', ''])
  })

  it('lets the oldest go when there are too many', () => {
    const { asked, shout } = counting(2)
    for (const text of ['a', 'b', 'c', 'b', 'a']) shout(text)
    expect(asked).toEqual(['a', 'b', 'c', 'a'])
  })
})
