import { expect } from 'vitest'
import { makeKey } from '../../api/actions/make-key.ts'
import type { TestWorld } from './world.ts'

export interface Asked {
  body?: unknown
  /** Sent as it stands, instead of `body`. */
  raw?: string
  headers?: Record<string, string>
}

/** What the API answered. */
export interface Answered {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the API answers
  body: any
}

/** Asks the API of a world in memory with an admin's key, and reads refusals. */
export async function askingAs(house: TestWorld) {
  const { key } = await makeKey(house.acting(), { name: 'tests', role: 'admin' })
  const ask = async (method: string, path: string, { body, raw, headers = {} }: Asked = {}): Promise<Answered> => {
    const text = raw ?? (body === undefined ? undefined : JSON.stringify(body))
    const type: Record<string, string> = text === undefined ? {} : { 'content-type': 'application/json' }
    const answer = await house.app.request(`http://localhost:3000/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...type, ...headers },
      ...(text !== undefined && { body: text }),
    })
    const answered = await answer.text()
    return { status: answer.status, headers: answer.headers, body: answered === '' ? null : JSON.parse(answered) }
  }
  return {
    ask,
    /** Asks, and expects the whole shape of RFC 9457 with this status. */
    async refused(status: number, method: string, path: string, asked: Asked = {}): Promise<Answered> {
      const answer = await ask(method, path, asked)
      expect(answer.status, JSON.stringify(answer.body)).toBe(status)
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(answer.body).toMatchObject({ type: 'about:blank', status, title: expect.stringMatching(/\w/) })
      expect(answer.body.detail).toMatch(/\w/)
      return answer
    },
  }
}

/** `field code` of each error of a refusal. */
export const errorsIn = ({ body }: Answered): string[] =>
  (body.errors ?? []).map(({ field, code }: { field: string; code: string }) => `${field} ${code}`)
