import type { IncidentStatus } from '../../../api/domain/lifecycle.ts'
import { SEVERITIES, type Severity } from '../../../api/domain/severity.ts'
import type { Chance } from '../seeded.ts'

/** One thing that is said, in the order of the story. */
export interface Word {
  /** Which incident of the story. */
  incident: number
  /** The first word declares it. */
  opens: boolean
  severity: Severity
  status: IncidentStatus
  body: string
  /** Milliseconds that pass before it is said. */
  after: number
}

/** Who listens, and what is said to them. */
export interface Story {
  mailboxes: string[]
  phones: string[]
  words: Word[]
}

/** Several incidents side by side, of which one grows to SEV1 and most are resolved. `number` makes the readers new ones. */
export function tellStory(number: number, { between, oneOf }: Chance): Story {
  const lives = Array.from({ length: between(2, 3) }, (_, incident) => oneLife(number, incident, { between, oneOf }))
  const words: Word[] = []
  while (lives.some((life) => life.length > 0)) words.push(oneOf(lives.filter((life) => life.length > 0)).shift()!)
  const mailboxes = between(1, 8) === 1 ? between(100, 200) : between(12, 60)
  return {
    mailboxes: Array.from({ length: mailboxes }, (_, n) => `reader${n}.${number}@customer.example`),
    phones: Array.from({ length: between(4, 20) }, (_, n) => `+4915${String(number * 100 + n).padStart(9, '0')}`),
    words,
  }
}

function oneLife(number: number, incident: number, { between, oneOf }: Chance): Word[] {
  let severity: Severity = incident === 0 ? 'SEV2' : oneOf(SEVERITIES)
  const raisedAt = incident === 0 ? 1 : between(1, 8)
  const later = between(1, 4)
  const resolves = between(1, 4) > 1
  return Array.from({ length: later + 1 }, (_, turn) => {
    if (turn === raisedAt) severity = 'SEV1'
    const last = turn === later && resolves
    return {
      incident,
      opens: turn === 0,
      severity,
      status: turn === 0 ? 'investigating' : last ? 'resolved' : oneOf(['identified', 'monitoring'] as const),
      body: `Word ${turn + 1} on trouble ${incident + 1} of run ${number}.`,
      after: oneOf([0, 0, between(1, 60), between(50, 600)]),
    }
  })
}
