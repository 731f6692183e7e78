/** Rows as lists by key, each list in the order of the rows. */
export function collect<R, V>(rows: readonly R[], entry: (row: R) => [string, V]): Map<string, V[]> {
  const lists = new Map<string, V[]>()
  for (const row of rows) {
    const [key, value] = entry(row)
    const list = lists.get(key)
    if (list) list.push(value)
    else lists.set(key, [value])
  }
  return lists
}
