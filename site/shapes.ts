import type { StateMark } from './state.ts'

/** The shapes of states and severities on a grid of 16 units; each is always beside its word. */
const bars = (filled: number): string =>
  [12, 8, 4, 0]
    .map((top, index) => {
      const [x, height] = [index * 4 + 0.25, 16 - top]
      const outline = `M${x} ${top}h3.5v${height}h-3.5Z`
      return index < filled ? outline : `${outline}M${x + 0.9} ${top + 0.9}v${height - 1.8}h1.7v-${height - 1.8}Z`
    })
    .join('')

export const SHAPES = {
  ok: 'M8 0a8 8 0 1 1 0 16A8 8 0 0 1 8 0Zm-.9 11.9 5.2-5.8-1.6-1.4-3.7 4.1-1.8-1.7L3.8 8.6Z',
  deg: 'M8 .6 16 15H0L8 .6ZM7 6v4.5h2V6H7Zm0 5.6v2h2v-2H7Z',
  part: 'M8-.2 16.2 8 8 16.2-.2 8 8-.2ZM8 2.9v10.2L13.1 8 8 2.9Z',
  maj: 'M4.7 0h6.6L16 4.7v6.6L11.3 16H4.7L0 11.3V4.7L4.7 0Zm.4 4L4 5.1 6.9 8 4 10.9 5.1 12 8 9.1l2.9 2.9 1.1-1.1L9.1 8 12 5.1 10.9 4 8 6.9 5.1 4Z',
  mnt: 'M1 1h14v14H1V1Zm3.5 3.5v7h2.3v-7H4.5Zm4.7 0v7h2.3v-7H9.2Z',
  s1: bars(4),
  s2: bars(3),
  s3: bars(2),
  s4: bars(1),
} as const
export type Shape = keyof typeof SHAPES

/** The sprite of the shapes that `html` uses, each once, in a fixed order; empty where none is used. */
export function spriteOf(html: string): string {
  const named = new Set(Array.from(html.matchAll(/href="#(\w+)"/g), ([, name]) => name))
  const used = (Object.keys(SHAPES) as Shape[]).filter((shape) => named.has(shape))
  const symbols = used.map(
    (shape) => `<symbol id="${shape}" viewBox="0 0 16 16"><path fill-rule="evenodd" d="${SHAPES[shape]}"/></symbol>`,
  )
  return symbols.length > 0
    ? `<svg class="sprite" width="0" height="0" aria-hidden="true">${symbols.join('')}</svg>`
    : ''
}

/** Colours of the light palette (tokens.css): a favicon stands on the browser's own paper. */
const FAVICON_COLOUR: Record<StateMark, string> = {
  ok: '17734b',
  mnt: '2b5aa6',
  deg: '8a5b00',
  part: 'ad4408',
  maj: 'b3211d',
}

/** The favicon as a data: URI: the state's shape in the state's colour. */
export const favicon = (mark: StateMark): string =>
  `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16' fill='#${FAVICON_COLOUR[mark]}'><path fill-rule='evenodd' d='${SHAPES[mark]}'/></svg>`,
  ).replace(/%20|%3D|%3A|%2F|%2C|%27/g, decodeURIComponent)}`
