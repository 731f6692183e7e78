const ELEMENTS = new Set(['svg', 'g', 'path', 'circle', 'ellipse', 'rect', 'line', 'polyline', 'polygon'])
const ATTRIBUTES =
  /^(viewBox|d|x|y|x1|x2|y1|y2|cx|cy|r|rx|ry|width|height|points|transform|opacity|fill|fill-rule|fill-opacity|stroke|stroke-width|stroke-linecap|stroke-linejoin|clip-rule)$/
const VALUE = /^[\w\s.,#()%+-]*$/
const TAG = /<(\/?)([a-zA-Z]+)((?:\s+[\w:-]+="[^"<>]*")*)\s*(\/?)>/g

function printed(closing: string, name: string, attributes: string, empty: string): string | null {
  if (!ELEMENTS.has(name)) return null
  const kept = [...attributes.matchAll(/([\w:-]+)="([^"]*)"/g)]
    .filter(([, attribute, value]) => ATTRIBUTES.test(attribute!) && VALUE.test(value!) && !/url/i.test(value!))
    .map(([, attribute, value]) => ` ${attribute}="${value}"`)
    .join('')
  return closing ? `</${name}>` : `<${name}${kept}${empty ? '/' : ''}>`
}

/**
 * A company's logo, reduced to plain shapes: no script, style, text, link or outer picture can pass. Null when anything
 * else than shapes is inside, or when it is not one `<svg>`; then the name stands alone.
 */
export function logoShapes(svg: string | null): string | null {
  const text = svg?.trim() ?? ''
  const tags = [...text.matchAll(TAG)]
  const nothingElse = text.replace(TAG, '').trim() === ''
  const shapes = tags.map(([, closing, name, attributes, empty]) => printed(closing!, name!, attributes!, empty!))
  const isOneSvg = tags.at(0)?.[2] === 'svg' && tags.at(-1)?.[0] === '</svg>'
  if (!nothingElse || !isOneSvg || shapes.includes(null)) return null
  return shapes.join('').replace(/^<svg/, '<svg aria-hidden="true"')
}
