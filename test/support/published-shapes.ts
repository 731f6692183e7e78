import { z } from 'zod'
import { openapiDocument } from '../../api/http/openapi.ts'
import { URLS } from './acting.ts'

type JsonSchema = Parameters<typeof z.fromJSONSchema>[0]

/** Bodies of webhooks by their type, as the API's description publishes them: read back from its JSON, as others read it. */
const PUBLISHED = new Map(
  Object.entries(JSON.parse(JSON.stringify(openapiDocument([], URLS))).webhooks).map(([type, path]) => {
    const { post } = path as { post: { requestBody: { content: Record<string, { schema: JsonSchema }> } } }
    return [type, z.fromJSONSchema(post.requestBody.content['application/json']!.schema)]
  }),
)

/** What about the body of a webhook is not as it is published; nothing where it is. */
export function unlikePublished(body: { type?: string }): string[] {
  const shape = PUBLISHED.get(body.type ?? '')
  if (!shape) return [`no webhook is published as ${body.type}`]
  const { error } = shape.safeParse(body)
  return error ? [`${body.type}: ${z.prettifyError(error)}`] : []
}

/** Every type that is published. */
export const publishedTypes = (): string[] => [...PUBLISHED.keys()]
