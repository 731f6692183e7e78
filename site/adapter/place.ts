import { AsyncLocalStorage } from 'node:async_hooks'
import type { Place } from '../../api/domain/private-page.ts'

/** Each page is rendered inside of its place, so that no link of a private page stands on another. */
const current = new AsyncLocalStorage<Place | null>()

/** Does `work`, and everything that it waits for, for a place; null: the public site. */
export const inPlace = <Result>(place: Place | null, work: () => Result): Result => current.run(place, work)

/** The place of the page that is being rendered; null on the public site. */
export const currentPlace = (): Place | null => current.getStore() ?? null
