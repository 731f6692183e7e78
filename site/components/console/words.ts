/** With a capital first letter, for a label of its own. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
