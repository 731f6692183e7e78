/** One start tag of a document. */
export interface Tag {
  name: string
  attributes: Record<string, string>
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#34': '"', '#38': '&', '#39': "'" }
const decode = (text: string): string => text.replace(/&(#?\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole)

function attributesOf(source: string): Record<string, string> {
  const found = source.matchAll(/([^\s=]+)(?:="([^"]*)")?/g)
  return Object.fromEntries([...found].map(([, name, value]) => [name!, decode(value ?? '')]))
}

/** The start tags of `html` in order, without what stands inside `<style>` and `<script>`. */
export const tagsOf = (html: string): Tag[] =>
  [
    ...html
      .replace(/(<style[^>]*>)[\s\S]*?<\/style>/g, '$1')
      .matchAll(/<([a-z][a-z0-9]*)((?:\s+[^\s=>"]+(?:="[^"]*")?)*)\s*\/?>/g),
  ].map(([, name, attributes]) => ({ name: name!, attributes: attributesOf(attributes!) }))

/** The fields of each form of `html`, by the form's action. */
export function formsOf(html: string): Record<string, string[]> {
  const forms = [...html.matchAll(/<form[^>]*>[\s\S]*?<\/form>/g)].map(([source]) => tagsOf(source))
  const fields = (tags: Tag[]) => [...new Set(tags.flatMap((tag) => tag.attributes.name ?? []))].toSorted()
  return Object.fromEntries(forms.map(([form, ...tags]) => [form!.attributes.action!, fields(tags)]))
}
