import { escapeHtml } from './words.ts'

/**
 * `<meta>` elements of a page. Their contents hold names typed by people; here `<` and `>` are escaped too, which the
 * attributes of components leave as they are.
 */
export const metaTags = (tags: readonly (readonly ['name' | 'property', string, string])[]): string =>
  tags.map(([kind, name, content]) => `<meta ${kind}="${name}" content="${escapeHtml(content)}">`).join('')
