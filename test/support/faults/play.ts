import { type Chance, chance } from '../seeded.ts'
import { FAULTS, type Fault } from './faults.ts'
import { openScene, pageCurrent, type Scene } from './scene.ts'
import { calmDown } from './servers.ts'
import type { Stage } from './stage.ts'
import { tellStory } from './story.ts'
import { judge, type Verdict } from './verdict.ts'

export interface Run extends Verdict {
  fault: string
  /** Mail that may be in `sending` at once: twice the connections of every process. */
  mostDoubtful: number
  seconds: number
}

export const faultOf = (seed: number): Fault => FAULTS[seed % FAULTS.length]!

/** Plays the story and the fault of a seed on a stage, as its run `number`, and judges what came of it. */
export async function play(seed: number, number: number, stage: Stage): Promise<Run> {
  const began = performance.now()
  const own = chance(seed)
  const fault = faultOf(seed)
  const scene = await openScene(stage, tellStory(number, own), fault.holding ?? 10)
  await act(scene, fault, own)
  const verdict = judge(await scene.evidence())
  await scene.clear()
  const mostDoubtful = 2 * stage.connections * stage.workers.length
  return { ...verdict, fault: fault.name, mostDoubtful, seconds: (performance.now() - began) / 1000 }
}

async function act(scene: Scene, fault: Fault, own: Chance): Promise<void> {
  await Promise.all([scene.tell(), fault.strike(scene, own)])
  await scene.settled()
  calmDown(scene)
  if (scene.plan.roles === 'web,worker') await pageCurrent(scene)
}
