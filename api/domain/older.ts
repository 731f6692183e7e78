/** What a process says that a newer version has left behind (standards R24), by so many changes of the schema. */
export const olderThanDatabase = (changes: number): string =>
  `This process is older than its database: a newer version has made ${changes === 1 ? 'a change' : `${changes} changes`} of the schema that it does not know. It writes and sends nothing more; run the newer version here.`
