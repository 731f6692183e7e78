import { describe, expect, it } from 'vitest'
import { renderHtml, renderText } from '../../api/domain/markdown.ts'

const XSS = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '[a](javascript:alert(1))',
  '[a](JaVaScRiPt:alert(1))',
  '[a](&#106;avascript:alert(1))',
  '[a](java\nscript:alert(1))',
  '[a](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)',
  '[a](vbscript:msgbox(1))',
  '[a](file:///etc/passwd)',
  '[a](//evil.test)',
  '[a](/console/people)',
  '<javascript:alert(1)>',
  '[a](https://x.test/"onmouseover="alert(1))',
  '![a](https://x.test/pixel.gif)',
  '[a][b]\n\n[b]: javascript:alert(1)',
  '`<b onclick=alert(1)>`',
  '<a href="https://x.test" onclick="x">a</a>',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '<!-- --><style>*{display:none}</style>',
]
const TAG = /<\/?([a-z][a-z0-9]*)((?:"[^"]*"|[^">])*)>/gi
const ALLOWED = ['p', 'br', 'em', 'strong', 'code', 'ul', 'ol', 'li', 'a']

describe('the safe subset', () => {
  it.each(XSS)('renders %j without any tag, attribute or address that it does not know', (body) => {
    for (const [, tag, attributes] of renderHtml(body).matchAll(TAG)) {
      expect(ALLOWED).toContain(tag)
      if (attributes) expect(attributes).toMatch(/^ href="(https?:\/\/|mailto:)[^"]*"$/)
    }
  })

  it.each([
    ['# Not a heading', '<p># Not a heading</p>'],
    ['<b>bold</b>', '<p>&lt;b&gt;bold&lt;/b&gt;</p>'],
    ['a **b** *c* `d`', '<p>a <strong>b</strong> <em>c</em> <code>d</code></p>'],
    ['one\ntwo', '<p>one<br>\ntwo</p>'],
    ['one\n\ntwo', '<p>one</p>\n<p>two</p>'],
    ['- a\n- b', '<ul>\n<li>a</li>\n<li>b</li>\n</ul>'],
    ['[x](https://x.test/a?b=1&c=2)', '<p><a href="https://x.test/a?b=1&amp;c=2">x</a></p>'],
    ['see https://x.test.', '<p>see <a href="https://x.test">https://x.test</a>.</p>'],
    ['example.com', '<p>example.com</p>'],
    ['    indented', '<p>indented</p>'],
    ['5 < 6 && "7"', '<p>5 &lt; 6 &amp;&amp; &quot;7&quot;</p>'],
  ])('renders %j as %j', (body, html) => expect(renderHtml(body)).toBe(html))
})

describe('the plain text of a body', () => {
  it.each([
    ['a **b** `c` *d*', 'a b c d'],
    ['see [the guide](https://x.test/g) now', 'see the guide (https://x.test/g) now'],
    ['[https://x.test](https://x.test)', 'https://x.test'],
    ['<mailto:help@x.test>', 'help@x.test'],
    ['one\n\n\n\ntwo\nthree', 'one\n\ntwo\nthree'],
    ['Steps:\n\n- a\n- b\n\nDone', 'Steps:\n\n- a\n- b\n\nDone'],
    ['3. a\n4. b', '3. a\n4. b'],
    ['- a\n  - b\n- c', '- a\n  - b\n- c'],
    ['<script>x</script>', '<script>x</script>'],
    ['AT&amp;T', 'AT&amp;T'],
  ])('of %j is %j', (body, text) => expect(renderText(body)).toBe(text))
})
