import type { Cluster } from './cluster.ts'
import { openCluster } from './cluster.ts'
import type { Fault } from './faults.ts'
import { openStage, type Plan, type Stage } from './stage.ts'

/** How many stages of one kind there may be at once, on the two cores that everybody has: most of a run is waiting. */
const MOST = { alone: 2, other: 1 }

/** The stages of a test file: built when first needed, used again by the next run that needs one like it. */
export interface Stages {
  /** Waits for a stage that suits the fault and hands it over with the number of its run; one that failed is built anew. */
  use<Result>(fault: Fault, work: (stage: Stage, number: number) => Promise<Result>): Promise<Result>
  close(): Promise<void>
}

export function openStages(): Stages {
  const clusters = new Map<string, Promise<Cluster>>()
  const idle = new Map<string, Stage[]>()
  const gates = new Map<string, ReturnType<typeof gate>>()
  let played = 0
  const clusterFor = ({ crashes }: Fault): Promise<Cluster> => {
    const kind = crashes ? 'crashes' : 'steady'
    if (!clusters.has(kind)) clusters.set(kind, openCluster())
    return clusters.get(kind)!
  }
  return {
    use(fault, work) {
      const plan = planOf(fault)
      const kind = JSON.stringify([fault.crashes, plan])
      const alone = plan.workers === 1 && plan.carriers === 'servers' && !fault.crashes
      if (!gates.has(kind)) gates.set(kind, gate(alone ? MOST.alone : MOST.other))
      return gates.get(kind)!(async () => {
        const stage = idle.get(kind)?.pop() ?? (await openStage(await clusterFor(fault), plan))
        played += 1
        try {
          const result = await work(stage, played)
          idle.set(kind, [...(idle.get(kind) ?? []), stage])
          return result
        } catch (error) {
          const printed = stage.printed().slice(-4_000)
          await stage.close()
          throw new Error(`${(error as Error).message}\n${printed}`, { cause: error })
        }
      })
    },
    async close() {
      for (const stage of [...idle.values()].flat()) await stage.close()
      for (const cluster of clusters.values()) await (await cluster).stop()
    },
  }
}

const planOf = ({ workers = 1, roles = 'worker', carriers = 'servers' }: Fault): Plan => ({ workers, roles, carriers })

/** Lets so many in at a time; the others wait for their turn in the order in which they came. */
function gate(most: number) {
  const waiting: (() => void)[] = []
  let inside = 0
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (inside === most) await new Promise<void>((resolve) => waiting.push(resolve))
    else inside += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else inside -= 1
    }
  }
}
