/** One recurring duty of this process. */
export interface Duty {
  name: string
  /** Does what is due and answers in how many milliseconds something will be due again. */
  round(): Promise<number>
  /** Never sleeps longer than this, in milliseconds. */
  atMost: number
}

export interface Loop {
  name: string
  /** Wakes the duty now. */
  kick(): void
  /** Lets the round in hand finish and starts no other. */
  stop(): Promise<void>
  /** When the last round ended well, by this machine's clock in milliseconds; for health only. */
  lastGoodRound(): number
}

/**
 * Runs a duty again and again, one round at a time. A round that throws is told to `onTrouble` and tried again at the
 * next waking: interrupted anywhere, a duty can always be run again.
 */
export function startLoop(duty: Duty, machineNow: () => number, onTrouble: (error: unknown) => void): Loop {
  let running = true
  let kicked = false
  let lastGood = machineNow()
  let wakeUp: () => void = () => {}
  const sleep = (milliseconds: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, milliseconds))
      wakeUp = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const turn = async (): Promise<number> => {
    try {
      const wait = await duty.round()
      lastGood = machineNow()
      return Math.min(wait, duty.atMost)
    } catch (error) {
      onTrouble(error)
      return duty.atMost
    }
  }
  const work = (async () => {
    while (running) {
      kicked = false
      const wait = await turn()
      if (running && !kicked) await sleep(wait)
    }
  })()
  return {
    name: duty.name,
    kick() {
      kicked = true
      wakeUp()
    },
    async stop() {
      running = false
      wakeUp()
      await work
    },
    lastGoodRound: () => lastGood,
  }
}
