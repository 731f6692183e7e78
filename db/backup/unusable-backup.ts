/** A backup that cannot be restored here; the message says why and nothing has been changed. */
export class UnusableBackup extends Error {
  override name = 'UnusableBackup'
  constructor(why: string) {
    super(`This backup cannot be restored: ${why}. Nothing was changed.`)
  }
}
