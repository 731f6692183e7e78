import { afterAll } from 'vitest'

const undos: (() => unknown)[] = []

/** Undoes something after the last test of the file, latest first; may be called from within a test. */
export const afterwards = (undo: () => unknown): void => void undos.push(undo)

afterAll(async () => {
  for (const undo of undos.splice(0).toReversed()) await undo()
})
