import { RateLimiterDrizzle, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Database } from '../../db/client.ts'
import { rateLimits } from '../../db/schema.ts'
import { Refusal } from '../domain/refusal.ts'

/** Takes one point from a purse; refuses with the seconds to wait when it is empty. */
export type Limit = (whose: string) => Promise<void>

export interface Limits {
  /** Tries to sign in, per address of the caller and per account, counted over all processes. */
  signInByCaller: Limit
  signInByAccount: Limit
  /** Sign-ups to the public lists, per caller and in all (standards X5). */
  subscribeByCaller: Limit
  subscribeInAll: Limit
  /** Codes by SMS in a day: per caller, per range of numbers and in all (standards S22). */
  textsByCaller: Limit
  textsByRange: Limit
  textsInAll: Limit
  /** Tries to name the address behind a link, per link. */
  addressByLink: Limit
  /** Requests with a key or session, per process. */
  api: Limit
  /** Requests of anybody to the few open doors, per process. */
  open: Limit
}

/** The purses: those that guard people are counted in PostgreSQL, those that guard the machine in memory. */
export function openLimits(db: Database): Limits {
  const shared = (keyPrefix: string, points: number, duration: number) =>
    limitOf(
      new RateLimiterDrizzle({
        storeClient: db,
        schema: rateLimits,
        keyPrefix,
        points,
        duration,
        clearExpiredByTimeout: false,
      }),
    )
  const local = (points: number, duration: number) => limitOf(new RateLimiterMemory({ points, duration }))
  return {
    signInByCaller: shared('sign_in_caller', 30, 900),
    signInByAccount: shared('sign_in_account', 10, 900),
    subscribeByCaller: shared('subscribe_caller', 20, 3600),
    subscribeInAll: shared('subscribe_all', 1000, 3600),
    textsByCaller: shared('texts_caller', 10, 86_400),
    textsByRange: shared('texts_range', 20, 86_400),
    textsInAll: shared('texts_all', 2000, 86_400),
    addressByLink: shared('address_link', 5, 3600),
    api: local(600, 60),
    open: local(300, 60),
  }
}

function limitOf(purse: RateLimiterDrizzle | RateLimiterMemory): Limit {
  return async (whose) => {
    try {
      await purse.consume(whose)
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused
      const seconds = Math.max(1, Math.ceil(refused.msBeforeNext / 1000))
      throw new Refusal('too_many', `Too many requests. Try again in ${seconds} seconds.`, [], seconds)
    }
  }
}
