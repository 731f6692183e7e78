/** What a client says about the copy it has; `etag` and `lastModified` describe what it would be sent. */
export function isFresh(asked: Headers, etag: string, lastModified: string): boolean {
  const known = asked.get('if-none-match')
  if (known !== null) return matchesTag(known, etag)
  // Compared exactly: a copy of any other time, older or newer, is not this one.
  return asked.get('if-modified-since') === lastModified
}

const matchesTag = (known: string, etag: string): boolean =>
  known.trim() === '*' || known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)

export const CODINGS = ['br', 'gzip'] as const
export type Coding = (typeof CODINGS)[number] | 'identity'

/** The best coding that the client takes; one refused by `;q=0` is not taken. */
export function acceptedCoding(asked: Headers): Coding {
  const accepted = (asked.get('accept-encoding') ?? '').toLowerCase().split(',')
  const takes = (coding: string) =>
    accepted.some((each) => {
      const [name, quality] = each.split(';').map((part) => part.trim())
      return name === coding && !/^q=0(\.0*)?$/.test(quality ?? '')
    })
  return CODINGS.find(takes) ?? 'identity'
}
