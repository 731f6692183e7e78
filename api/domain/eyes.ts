/**
 * Who looks. Outsiders see what is public; with the right of named audiences they see their private components too.
 * `all` sees what any audience sees. What is internal is seen by none of these: it is not there to be shown.
 */
export type Eyes = readonly string[] | 'all'

/** Everybody outside. */
export const PUBLIC_EYES: Eyes = []

/** By component: the audiences that may see it. What has no entry is public. */
export type Kept = ReadonlyMap<string, readonly string[]>

/** Whether these eyes may not see a component. */
export function isHidden(kept: Kept, eyes: Eyes, componentId: string): boolean {
  const audiences = kept.get(componentId)
  return audiences !== undefined && eyes !== 'all' && !audiences.some((audience) => eyes.includes(audience))
}

/**
 * Whether these eyes may see what concerns these components: an incident, planned work. What names none concerns
 * everybody; what concerns a visible one among hidden ones is seen, without the hidden ones.
 */
export const maySee = (kept: Kept, eyes: Eyes, componentIds: readonly string[]): boolean =>
  componentIds.length === 0 || componentIds.some((id) => !isHidden(kept, eyes, id))

/** What one audience sees of what something concerns; a null audience is the public. */
export interface Scope {
  audienceId: string | null
  componentIds: string[]
  groupIds: string[]
}

/** For the public and for every audience concerned: what each sees of these components. Who may see none of it has no scope. */
export function scopesOf(kept: Kept, named: readonly { id: string; groupId: string | null }[]): Scope[] {
  const audiences = [...new Set(named.flatMap(({ id }) => kept.get(id) ?? []))]
  const ids = named.map(({ id }) => id)
  return [null, ...audiences].flatMap((audienceId) => {
    const eyes = audienceId === null ? PUBLIC_EYES : [audienceId]
    if (!maySee(kept, eyes, ids)) return []
    const seen = named.filter(({ id }) => !isHidden(kept, eyes, id))
    const groupIds = [...new Set(seen.flatMap(({ groupId }) => groupId ?? []))]
    return [{ audienceId, componentIds: seen.map(({ id }) => id), groupIds }]
  })
}

/**
 * The audience on whose page somebody with these eyes reads of these components: the one that sees most of what not
 * everybody sees. Null: there is nothing that everybody's page does not show as well.
 */
export function audienceToReadAs(kept: Kept, eyes: Eyes, componentIds: readonly string[]): string | null {
  if (eyes === 'all') return null
  const seen = (audience: string): number => componentIds.filter((id) => kept.get(id)?.includes(audience)).length
  const [most] = eyes.filter((audience) => seen(audience) > 0).toSorted((one, other) => seen(other) - seen(one))
  return most ?? null
}
