/**
 * What script adds to a published page: the reader's own time, the minutes of a promise, and word of what has changed
 * since. Everything is there to be read without it; it moves neither focus nor scroll and never reloads by itself.
 */
import { serverTime, setBy } from './clock.ts'
import type { Heartbeat, LiveData, LivePage, LiveWords, StatusFile } from './data.ts'
import { all, make, one, write } from './dom.ts'
import { inUtc, showLocal } from './local.ts'
import { newsIn } from './news.ts'
import { promises } from './promise.ts'

/** In milliseconds. Each wait is shortened or lengthened by up to a fifth, so that readers do not ask in step. */
const EVERY = 30_000
/** Before the first look: the page is there to be read before anything else is asked for. */
const FIRST = 1_000
/** The longest wait after failures; and a sign of life older than this is none. */
const LONG = 300_000

async function get<File>(path: string): Promise<File> {
  const answer = await fetch(path, { cache: 'no-cache' })
  if (!answer.ok) throw answer
  setBy(answer.headers)
  return answer.json()
}

function keepLive(root: HTMLElement, page: LivePage, words: LiveWords, locale: string): void {
  const [news, dead] = all('p', root)
  const [note, button] = [make('span', ''), make('button', '')]
  const say = (iso: string) => inUtc(iso, serverTime(), locale)
  const tick = promises(words)
  let wait = EVERY
  let timer: number
  let paused = false
  let beat: Heartbeat | undefined

  function tell(text: string) {
    const link = make('a', words.show)
    link.href = ''
    link.onclick = () => {
      location.reload()
      return false
    }
    write(news!, `${text} `)
    news!.append(link)
  }

  function look(status: StatusFile) {
    const told = newsIn(status, page, words, say)
    if (told) tell(told)
  }

  function check() {
    const silent = beat && serverTime() - Date.parse(beat.as_of) > LONG
    write(dead!, silent ? words.dead.replace('{time}', say(page.spoke || beat!.as_of)) : '')
    tick(serverTime())
  }

  async function poll() {
    try {
      const status = await get<StatusFile>('/status.json')
      beat = await get<Heartbeat>('/heartbeat.json').catch(() => beat)
      look(status)
      wait = EVERY
    } catch {
      wait = Math.min(wait * 2, LONG)
    }
    check()
    again()
  }

  /** Sets the next look, or none while nobody reads or wants it. */
  function again() {
    const [doing, change] = paused ? words.paused : words.looking
    write(note, doing)
    write(button, change)
    clearTimeout(timer)
    if (!paused && !document.hidden) timer = setTimeout(poll, wait * (0.8 + 0.4 * Math.random())) as unknown as number
  }

  /** Looks at once, when it may look at all. */
  const resume = () => (paused || document.hidden ? again() : poll())

  button.onclick = () => {
    paused = !paused
    resume()
  }
  document.onvisibilitychange = resume
  again()
  root.prepend(note, ' ', button)
  setTimeout(() => poll().then(() => setInterval(check, 1000)), FIRST)
}

const root = one('#live')
const { locales, page, words }: LiveData = JSON.parse(root.dataset.live!)
if (page) keepLive(root, page, words!, locales[0]!)
showLocal(locales)
