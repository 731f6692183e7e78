import { Resolver } from 'node:dns/promises'
import type { Records } from '../../domain/mail-dns.ts'

/** Asks the DNS; tests hand in their own. */
export interface Names {
  txt(name: string): Promise<Records>
  mx(name: string): Promise<Records>
}

/** There is nothing of the kind, as opposed to: nobody answered. */
const ABSENT = ['ENODATA', 'ENOTFOUND']

/** The names of the world, asked with little patience. */
export function realNames(): Names {
  const resolver = new Resolver({ timeout: 3_000, tries: 1 })
  const ask = async <T>(asking: Promise<T[]>, text: (record: T) => string): Promise<Records> => {
    try {
      return (await asking).map(text)
    } catch (error) {
      return ABSENT.includes(String((error as NodeJS.ErrnoException).code)) ? null : 'unknown'
    }
  }
  return {
    txt: (name) => ask(resolver.resolveTxt(name), (parts) => parts.join('')),
    mx: (name) => ask(resolver.resolveMx(name), ({ exchange }) => exchange),
  }
}
