import type { Chance } from '../seeded.ts'
import type { Scene } from './scene.ts'

/** Waits for the moment at which the fault strikes: so many mails or texts taken, so many words said, or after the last. */
export function moment(scene: Scene, { between, oneOf }: Chance): Promise<unknown> {
  const { story, said } = scene
  // Everybody hears at least once, so neither number can be missed.
  const mails = between(1, story.mailboxes.length)
  const texts = between(1, story.phones.length)
  const words = between(1, story.words.length)
  const more = between(0, 10)
  const last = async () => {
    await said(story.words.length)
    await scene.mails(Math.min(scene.mailsTaken() + more, story.mailboxes.length))
  }
  return oneOf([() => scene.mails(mails), () => scene.texts(texts), () => said(words), last, last])()
}
