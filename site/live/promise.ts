import type { Forms, LateWords, LiveWords } from './data.ts'
import { all, make, one, write } from './dom.ts'

/** The promise has been broken while the page was open: its box says so in place. */
function turnLate(box: HTMLElement, place: HTMLElement): void {
  const [before, after, text]: LateWords = JSON.parse(box.dataset.late!)
  delete box.dataset.late
  box.classList.add('late')
  write(one('span', box), before)
  write(place, after)
  const below = make('p', text)
  below.className = 'text'
  one('p', box).after(below)
}

/** Keeps every promise of the page current: the time left, then that it is late and by how much. */
export function promises(words: LiveWords): (now: number) => void {
  const plural = new Intl.PluralRules(document.documentElement.lang)
  const counted = (forms: Forms, count: number) =>
    (forms[plural.select(count)] || forms.other).replace('{count}', count as unknown as string)
  const length = (minutes: number) =>
    minutes < 120 ? counted(words.minutes, minutes) : counted(words.hours, Math.floor(minutes / 60))

  return (now) => {
    for (const box of all('.due')) {
      const left = (Date.parse(one<HTMLTimeElement>('time', box).dateTime) - now) / 60_000
      const place = one('[data-after]', box)
      const late = left <= 0
      const minutes = late ? Math.floor(-left) : Math.ceil(left)
      if (late && box.dataset.late) turnLate(box, place)
      if (minutes) write(place, (late ? words.late : words.ahead).replace('{length}', length(minutes)))
    }
  }
}
