/** The database cannot be used as it is, and starting again would not help; the message says what to do. */
export class UnusableDatabase extends Error {
  override name = 'UnusableDatabase'
}
