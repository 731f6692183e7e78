import type { ApiDocument } from '../../api/domain/openapi-document.ts'

/** A small API, with each thing that the reference page must print. */
export const smallApi: ApiDocument = {
  info: { title: 'Sitrep API', version: '1', description: 'Say it once, everybody hears it.' },
  servers: [{ url: 'https://sitrep.northwind.example/api/v1' }],
  tags: [{ name: 'Incidents', description: 'Something wrong, or nearly so.' }],
  paths: {
    '/incidents': {
      get: {
        operationId: 'listIncidents',
        tags: ['Incidents'],
        summary: 'List incidents',
        parameters: [{ name: 'state', in: 'query', schema: { enum: ['open', 'resolved', 'all'], default: 'open' } }],
        responses: {
          '200': {
            description: 'A page of incidents',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Incident' } } },
          },
        },
      },
      post: {
        tags: ['Incidents'],
        summary: 'Declare an incident',
        requestBody: {
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['title'],
                properties: {
                  title: { type: 'string', maxLength: 120 },
                  components: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
                },
              },
            },
          },
        },
        responses: { '201': { description: 'Declared' } },
      },
    },
  },
  components: {
    schemas: { Incident: { type: 'object', properties: { id: { type: 'string', pattern: '^[a-z0-9]{12}$' } } } },
  },
}
