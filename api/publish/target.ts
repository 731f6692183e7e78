/** What a target holds, written last of all: the proof that everything it names is in place. */
export interface Manifest {
  /** The id of the organisation's page; the revisions of two installations cannot be compared. */
  page: string
  revision: number
  /** What else the bytes depend on (`buildOf`); empty while a publication of everything is incomplete. */
  build: string
  files: Record<string, ManifestFile>
}

export interface ManifestFile {
  /** SHA-256 of the bytes, hex. */
  hash: string
  /** When its content last changed, to the second, growing with every change: the file's `Last-Modified`. */
  at: string
}

/** Under which revision something is written. */
export type Edition = Pick<Manifest, 'page' | 'revision'>

/** A place where the public site stands: whole files only, and never an older one over a newer one. */
export interface Target {
  /** Names the place; two publishers of the same place use the same name and so exclude each other. */
  readonly name: string
  /** Null where nothing, or nothing intelligible, has been published. */
  manifest(): Promise<Manifest | null>
  /** Replaces a file as a whole; false where it has these bytes already. Throws `Superseded` over a newer edition. */
  write(path: string, body: Uint8Array, edition: Edition): Promise<boolean>
  /** Takes a file away; missing is fine. */
  remove(path: string): Promise<void>
  /** Records what is in place. Throws `Superseded` over a newer edition. */
  seal(manifest: Manifest): Promise<void>
}

/** The target holds a newer edition than the one that was to be written; nothing has been replaced. */
export class Superseded extends Error {
  override name = 'Superseded'
}

/** Whether `held` is newer than `edition`, of the same page. */
export const isNewer = (held: Edition | null, edition: Edition): boolean =>
  held !== null && held.page === edition.page && held.revision > edition.revision
