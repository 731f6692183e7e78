/** Groups of fields, as delivery reports hold them: names in small letters, the first of a name counts. */
export type Fields = ReadonlyMap<string, string>

/** Nobody reports on more recipients of a message that has one. */
const MOST_GROUPS = 50

/** Reads `Name: value` lines, folded lines joined, in groups parted by blank lines (RFC 3464 section 2.1, RFC 5965). */
export const fieldGroupsOf = (text: string): Fields[] =>
  text
    .replaceAll('\r\n', '\n')
    .replace(/\n[ \t]+(?=\S)/g, ' ')
    .split(/\n[ \t]*\n/, MOST_GROUPS)
    .map((group) => fieldsOf(group))
    .filter((fields) => fields.size > 0)

function fieldsOf(group: string): Fields {
  const fields = new Map<string, string>()
  for (const line of group.split('\n')) {
    const [, name, value] = /^([\w-]{1,80})[ \t]*:[ \t]*(.*)$/.exec(line) ?? []
    if (name && !fields.has(name.toLowerCase())) fields.set(name.toLowerCase(), value!.trim())
  }
  return fields
}
