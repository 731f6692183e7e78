/** The part of OpenAPI 3.1 that the reference page prints; a generated document has more and fits all the same. */
export interface ApiDocument {
  info: { title: string; version: string; description?: string }
  servers?: { url: string }[]
  tags?: { name: string; description?: string }[]
  paths: Record<string, ApiPath>
  /** What is sent to others, by its name. */
  webhooks?: Record<string, ApiPath>
  components?: { schemas?: Record<string, JsonSchema> }
}

export type ApiPath = Partial<Record<'get' | 'post' | 'put' | 'patch' | 'delete', ApiOperation>>

export interface ApiOperation {
  operationId?: string
  tags?: string[]
  summary?: string
  description?: string
  parameters?: ApiParameter[]
  requestBody?: { required?: boolean; content: Record<string, { schema?: JsonSchema }> }
  responses?: Record<string, { description?: string; content?: Record<string, { schema?: JsonSchema }> }>
}

export interface ApiParameter {
  name: string
  in: string
  required?: boolean
  description?: string
  schema?: JsonSchema
}

/** JSON Schema 2020-12, as far as it is printed. */
export interface JsonSchema {
  $ref?: string
  type?: string | string[]
  format?: string
  description?: string
  enum?: unknown[]
  const?: unknown
  default?: unknown
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  additionalProperties?: boolean | JsonSchema
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  minItems?: number
  maxItems?: number
}
