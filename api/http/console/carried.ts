/**
 * What was typed into a form that met an ended session. It travels as hidden fields through the sign-in and comes back
 * as a draft; passwords and tokens never do.
 */
export interface Carried {
  /** `declare`, or `incident:<id>`. */
  form: string
  fields: Record<string, string>
}

const SECRET = /password|token|secret/i
const PREFIX = 'carried_'
/** More fields than any of our forms has. */
const MOST_FIELDS = 500

/** The name under which drafts of a form are kept, from the path it posts to; null for forms without drafts. */
export function draftFormOf(path: string): string | null {
  if (path === '/console/declare') return 'declare'
  const id = /^\/console\/incidents\/([a-z0-9]{12})\/(?:updates|reopening|briefings)$/.exec(path)?.[1]
  return id ? `incident:${id}` : null
}

/** Whether this names a form that keeps drafts. */
export const isDraftForm = (form: string | undefined): form is string =>
  form !== undefined && /^(declare|incident:[a-z0-9]{12})$/.test(form)

/** Where the draft of a form is shown. */
export const pathOfForm = (form: string): string =>
  form === 'declare' ? '/console/declare' : `/console/incidents/${form.slice('incident:'.length)}`

/** What the refused post carries; null where there is nothing to keep. */
export function carriedIn(request: Request, text: string): Carried | null {
  const form = draftFormOf(new URL(request.url).pathname)
  const isForm = /^application\/x-www-form-urlencoded/i.test(request.headers.get('content-type') ?? '')
  if (form === null || !isForm) return null
  const typed = [...new URLSearchParams(text)].filter(([name]) => !SECRET.test(name)).slice(0, MOST_FIELDS)
  return { form, fields: Object.fromEntries(typed) }
}

/** What the sign-in form carries on. */
export function carriedOn(fields: Record<string, string>): Carried | null {
  const form = fields.carried_form
  if (!isDraftForm(form)) return null
  const kept = Object.entries(fields)
    .filter(([name]) => name.startsWith(PREFIX) && name !== 'carried_form')
    .map(([name, value]) => [name.slice(PREFIX.length), value] as const)
  return { form, fields: Object.fromEntries(kept.filter(([name]) => !SECRET.test(name)).slice(0, MOST_FIELDS)) }
}

/** Where somebody goes who signed in after a post was refused: to the page that has the form. */
export function pathAfter(path: string): string {
  const form = draftFormOf(path)
  if (form) return pathOfForm(form)
  const briefing = /^\/console\/brief\/[a-z0-9]{12}(?=\/)/.exec(path)?.[0]
  if (briefing) return briefing
  const room = /^\/console\/(?:incidents|maintenance|templates)\/[a-z0-9]{12}(?=\/)/.exec(path)?.[0]
  if (room) return room
  const place = /^\/console\/(briefing-rules|components|component-groups|maintenance|people|templates|me)\b/.exec(
    path,
  )?.[1]
  return place ? `/console/${place === 'component-groups' ? 'components' : place}` : '/console'
}
