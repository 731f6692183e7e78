import { HtmlValidate, StaticConfigLoader } from 'html-validate'

/** The recommended rules, but for these. */
const validator = new HtmlValidate(
  new StaticConfigLoader({
    root: true,
    extends: ['html-validate:recommended'],
    rules: {
      // A title holds the incident's own title, which people write.
      'long-title': 'off',
      // A button inside a form submits it, which is what all of ours are for.
      'no-implicit-button-type': 'off',
      // The components to choose from are boxes of one name.
      'form-dup-name': ['error', { shared: ['radio', 'checkbox'] }],
    },
  }),
)

/** What is wrong with a document, each with its line and the rule. */
export async function htmlFaults(html: string): Promise<string[]> {
  const { results } = await validator.validateString(html)
  return results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line }) => `${line}: ${ruleId}: ${message}`),
  )
}
