import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { faultsOf, type MessageTemplate, TEMPLATE_AUDIENCES, templateFields } from './domain/message-template.ts'

const schema = z.strictObject({
  ...templateFields,
  severity: templateFields.severity.default(null),
  status: templateFields.status.default(null),
  headline: templateFields.headline.default(null),
})

/** Whether a file holds ready words, which people may change; what begins otherwise is a template of ours. */
export const isReadyWords = (source: string): boolean => source.startsWith('---\n')

/**
 * Reads the ready words that we ship: `updates/<audience>/<key>.md`, lines of `field: text` between two `---`, then the
 * body. They are held to what people's own are; a mistake in any of them is thrown here, not at 3 a.m.
 */
export const loadMessages = (folder: string): MessageTemplate[] =>
  TEMPLATE_AUDIENCES.flatMap((audience) =>
    readdirSync(join(folder, audience))
      .filter((file) => file.endsWith('.md'))
      .map((file) => ({
        path: join(folder, audience, file),
        source: readFileSync(join(folder, audience, file), 'utf8'),
      }))
      .filter(({ source }) => isReadyWords(source))
      .map(({ path, source }) => read(path, source, audience)),
  )

function read(path: string, source: string, audience: string): MessageTemplate {
  const [, head, body] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(source) ?? []
  if (head === undefined) throw new Error(`${path} has no second --- below its lines of field: text.`)
  const fields = head.split('\n').map((line) => line.split(/:\s+(.*)/, 2))
  const key = basename(path, '.md')
  const template = schema.parse({ ...Object.fromEntries(fields), key, audience, body })
  const [fault] = faultsOf(template)
  if (fault) throw new Error(`${path}: ${fault.message}`)
  return { id: idOf(key), ...template }
}

/** The id of a shipped template is made from its key, so it is the same everywhere, and stays when its words are changed. */
const idOf = (key: string): string =>
  BigInt(`0x${createHash('sha256').update(`message template ${key}`).digest('hex')}`)
    .toString(36)
    .slice(0, 12)
