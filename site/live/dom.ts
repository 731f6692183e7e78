/** The first element below `within` that `selector` means; the pages are ours, so it is there. */
export const one = <Found extends HTMLElement>(selector: string, within: ParentNode = document): Found =>
  within.querySelector<Found>(selector)!

export const all = <Found extends HTMLElement>(selector: string, within: ParentNode = document): Found[] => [
  ...within.querySelectorAll<Found>(selector),
]

/** Changes a text only where it is another one, so that nothing is read out twice. */
export function write(place: Element, text: string): void {
  if (place.textContent !== text) place.textContent = text
}

export function make<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, text: string): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  write(element, text)
  return element
}
