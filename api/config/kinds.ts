import { isIP } from 'node:net'
import { isAbsolute, resolve } from 'node:path'
import { parseEmail } from '../domain/address.ts'
import type { Kind } from './settings.ts'

export const text: Kind<string> = (value) => ({ value })

/** A whole number from `least` to `most`. */
export const wholeNumber =
  (least: number, most: number): Kind<number> =>
  (value) =>
    /^\d+$/.test(value) && Number(value) >= least && Number(value) <= most
      ? { value: Number(value) }
      : { mend: `use a whole number from ${least} to ${most}` }

export const port = wholeNumber(1, 65_535)

/** A rate per second: above 0, at most `most`. */
export const rate =
  (most: number): Kind<number> =>
  (value) =>
    /^\d+(\.\d+)?$/.test(value) && Number(value) > 0 && Number(value) <= most
      ? { value: Number(value) }
      : { mend: `use a number above 0 and at most ${most}, such as 1 or 0.5` }

export const oneOf =
  <T extends string>(...words: T[]): Kind<T> =>
  (value) =>
    words.includes(value as T) ? { value: value as T } : { mend: `use ${anyOf(words)}` }

/** Comma-separated values, each of `kind`; at least one. */
export const listOf =
  <T>(kind: Kind<T>): Kind<T[]> =>
  (value) => {
    const answers = value.split(',').map((item) => ({ item: item.trim(), answer: kind(item.trim()) }))
    const wrong = answers.find(({ answer }) => 'mend' in answer)
    if (wrong && 'mend' in wrong.answer) return { mend: `"${wrong.item}": ${wrong.answer.mend}` }
    return { value: answers.map(({ answer }) => (answer as { value: T }).value) }
  }

/** A folder or file, made absolute from where the command was given. */
export const path: Kind<string> = (value) =>
  value.includes('\0') ? { mend: 'use a path without NUL' } : { value: isAbsolute(value) ? value : resolve(value) }

/** A name or number of a machine to listen on. */
export const host: Kind<string> = (value) =>
  isIP(value) > 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(value)
    ? { value }
    : { mend: 'use an address of this machine, such as 127.0.0.1 or 0.0.0.0, without scheme and port' }

export const domain: Kind<string> = (value) =>
  /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/i.test(value)
    ? { value: value.toLowerCase() }
    : { mend: 'use a domain, such as bounces.example.com' }

export const mailAddress: Kind<string> = (value) => {
  const parsed = parseEmail(value)
  return 'refused' in parsed ? { mend: 'use one address, such as status@example.com' } : { value: parsed.address }
}

/** A sender: `status@example.com` or `Example Status <status@example.com>`. */
export const sender: Kind<{ name: string; address: string }> = (value) => {
  const named = /^"?([^"<>\p{Cc}]*?)"?\s*<([^<>]+)>$/u.exec(value)
  const answer = mailAddress(named?.[2] ?? value)
  if ('mend' in answer) return { mend: 'use status@example.com or Example Status <status@example.com>' }
  return { value: { name: named?.[1]?.trim() ?? '', address: answer.value } }
}

/** An address of an IP or a network, such as 10.0.0.0/8. */
export const network: Kind<string> = (value) => {
  const [ip = '', bits, ...more] = value.split('/')
  const most = isIP(ip) === 6 ? 128 : 32
  const fits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most)
  return isIP(ip) > 0 && fits && more.length === 0 ? { value } : { mend: 'use an IP or a network, such as 10.0.0.0/8' }
}

/** `host:port`; the port may not be left out. */
export const hostAndPort: Kind<string> = (value) => {
  const found = /^(\[[0-9a-f:.]+\]|[^\s:/@]+):(\d{1,5})$/i.exec(value)
  return found && Number(found[2]) >= 1 && Number(found[2]) <= 65_535
    ? { value: value.toLowerCase() }
    : { mend: 'use host:port, such as 127.0.0.1:9000' }
}

const anyOf = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
