import { registerHooks } from 'node:module'

/**
 * postgres.js 3.4.9 ends the whole process when the server dies under a transaction: the rollback is written to a
 * socket that is gone (porsager/postgres issues 1154 and 1208, open). Its newest version is mended here while it is
 * loaded, in as few words as possible; delete an entry when upstream has it. A version that reads otherwise does not load.
 */
const MENDS: Record<string, readonly [from: string, to: string][]> = {
  'connection.js': [
    // What was not written yet must not come before the greeting of the next connection, nor keep it from being written.
    [
      '    clearImmediate(nextWriteTimer)\n    socket.removeListener',
      '    clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n    socket.removeListener',
    ],
    // What was asked between an error of the socket and its end was never answered, and held up the end of the pool.
    ['    !hadError && (query || sent.length) && error(', '    ;(query || sent.length) && error('],
    ['    closedTime = performance.now()\n', '    query = null\n    closedTime = performance.now()\n'],
    [
      '    const x = socket.write(chunk, fn)\n',
      `    if (socket === null) {
      clearImmediate(nextWriteTimer)
      chunk = nextWriteTimer = null
      error(Errors.connection('CONNECTION_CLOSED', options))
      return false
    }
    const x = socket.write(chunk, fn)
`,
    ],
    // A transaction begins however full the line is, also where nothing more may be sent before the last answer is in.
    [
      `      return write(toBuffer(q))
        && !q.describeFirst
        && !q.cursorFn
        && sent.length < max_pipeline
        && (!q.options.onexecute || q.options.onexecute(connection))
`,
      `      const more = write(toBuffer(q))
        && !q.describeFirst
        && !q.cursorFn
        && sent.length < max_pipeline
      return q.options.onexecute ? q.options.onexecute(connection) : more
`,
    ],
  ],
  // A transaction whose connection was lost may not write on into whoever has that connection next.
  'index.js': [
    [
      '      let uncaughtError\n        , result\n',
      '      let uncaughtError\n        , result\n      const own = c.reserved\n',
    ],
    [
      '        q.catch(e => uncaughtError || (uncaughtError = e))\n',
      `        q.catch(e => uncaughtError || (uncaughtError = e))
        if (!own || c.reserved !== own)
          return q.reject(Errors.connection('CONNECTION_CLOSED', options, options))
`,
    ],
    [
      '    const sql = Sql(handler)\n    sql.release = () => {\n',
      '    const own = c.reserved\n    const sql = Sql(handler)\n    sql.release = () => {\n      if (c.reserved !== own)\n        return\n',
    ],
    [
      '    function handler(q) {\n      c.queue === full\n        ? queue.push(q)',
      `    function handler(q) {
      if (c.reserved !== own)
        return q.reject(Errors.connection('CONNECTION_CLOSED', options, options))
      c.queue === full
        ? queue.push(q)`,
    ],
  ],
}

const OURS = /\/node_modules\/postgres\/src\/([\w-]+\.js)$/

const hooks = registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    const file = OURS.exec(url)?.[1]
    if (file === undefined || !(file in MENDS)) return loaded
    return { ...loaded, source: MENDS[file]!.reduce(mend, String(loaded.source)) }
  },
})

function mend(source: string, [from, to]: readonly [string, string]): string {
  if (source.split(from).length !== 2)
    throw new Error('postgres.js is not the version that db/driver.ts mends; see there.')
  return source.replace(from, () => to)
}

/** The driver and drizzle on it, mended; nobody else imports either. */
const [{ default: driver }, { drizzle: onDriver }] = await Promise.all([
  import('postgres'),
  import('drizzle-orm/postgres-js'),
])
hooks.deregister()

export const postgres = driver
export const drizzle = onDriver
