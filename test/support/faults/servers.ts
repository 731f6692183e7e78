import type { Chance } from '../seeded.ts'
import type { SmtpStep, SmtpTrouble } from '../smtp.ts'
import type { TwilioFault } from '../twilio.ts'
import { deliveryOfMail } from './heard.ts'
import type { Scene } from './scene.ts'

/**
 * From now on the mail server does this at that step, so many times, once to each reader: a message is in doubt at most
 * once then. What it had taken is noted as doubtful.
 */
export function mailTrouble(scene: Scene, times: number, step: SmtpStep, trouble: SmtpTrouble): void {
  const harmed = new Set<string>()
  let left = times
  scene.smtp.temper = (at, to) => {
    if (at !== step || left === 0 || (to !== null && harmed.has(to))) return null
    if (to !== null) harmed.add(to)
    left -= 1
    if (step === 'after_dot') doubtNewest(scene)
    return trouble
  }
}

/** The server is at the end of the message that it took last. */
const doubtNewest = ({ smtp, doubtful }: Scene): void => void doubtful.add(deliveryOfMail(smtp.received.at(-1)!))

/** From now on the text server does this, so many times, at most `each` times to one number. */
export function textTrouble({ twilio }: Scene, times: number, each: number, fault: TwilioFault): void {
  const harmed = new Map<string, number>()
  let left = times
  twilio.temper = ({ To = '' }) => {
    const before = harmed.get(To) ?? 0
    if (left === 0 || before === each) return null
    harmed.set(To, before + 1)
    left -= 1
    return fault
  }
}

/** Takes connections and never answers anything, until `calmDown`. */
export function blackHole(scene: Scene): void {
  scene.smtp.temper = (step) => {
    if (step === 'after_dot') doubtNewest(scene)
    return { silent: true }
  }
  scene.twilio.temper = () => ({ silent: true, accept: false })
}

/** Answers late, now and then very late. */
export function slowDown({ smtp, twilio }: Scene, { between }: Chance): void {
  const late = (most: number) => (between(1, 40) === 1 ? between(1_000, 6_000) : between(1, most))
  smtp.temper = (step) => (step === 'after_dot' ? { wait: late(120) } : null)
  twilio.temper = () => ({ wait: late(300) })
}

export function calmDown({ smtp, twilio }: Scene): void {
  smtp.temper = () => null
  twilio.temper = () => null
}
