/** Under which revision something is published, and of which page: the revisions of two installations cannot be compared. */
export interface Edition {
  /** The id of the organisation's page. */
  page: string
  revision: number
}

/** What a target holds, written last of all: the proof that everything of this edition is in place. */
export interface Manifest extends Edition {
  /** What else the bytes depend on (`buildOf`); empty while a publication of everything is incomplete. */
  build: string
}

/** One file of the public site; `path` is relative, `changedAt` the time of the change that its content is of. */
export interface SiteFile {
  path: string
  body: Uint8Array
  changedAt: Date
}

/** A file with the brotli twin that stands beside it; null where compressing is not worth it, or is left for later. */
export interface ReadyFile extends SiteFile {
  br: Uint8Array | null
}

/** A place where the public site stands: whole files only, and never an older one over a newer one. */
export interface Target {
  /** Names the place to people. */
  readonly name: string
  /** Names the place to publishers: two of the same place have the same key and so exclude each other. */
  key(): Promise<string>
  /** Null where nothing, or nothing intelligible, has been published. */
  manifest(): Promise<Manifest | null>
  /**
   * Says which edition is about to be written; from now on every older one is refused. Throws `Superseded` where a newer
   * one is there, unless it is `replacing` whatever stands there on purpose.
   */
  begin(edition: Edition, replacing?: boolean): Promise<void>
  /**
   * Replaces files and their twins, one after another in this order; answers the paths whose bytes are new. Throws
   * `Superseded` over a newer edition.
   */
  write(files: readonly ReadyFile[], edition: Edition): Promise<string[]>
  /** Puts better compressed twins beside a file, unless it holds other bytes by now. */
  polish(path: string, body: Uint8Array, twins: Twins): Promise<void>
  /** The bytes of a file; null where there is none. */
  read(path: string): Promise<Uint8Array | null>
  /** The paths of all published files, twins and our own bookkeeping left out. */
  list(): Promise<string[]>
  /** Takes a file and its twins away; missing is fine. */
  remove(path: string): Promise<void>
  /**
   * Makes sure that what was written for `edition` outlives a loss of power, then records what the target holds (an older
   * revision where the edition is incomplete). Throws `Superseded` over a newer edition.
   */
  seal(manifest: Manifest, edition: Edition): Promise<void>
  /** Says in `heartbeat.json` that the site was current then; at most once a minute for each revision. */
  beat(asOf: Date, revision: number): Promise<void>
}

/** The compressed forms that web servers look for beside a file. */
export interface Twins {
  br: Uint8Array
  gz: Uint8Array
}

/** The suffixes of twins. */
export const TWINS = ['.br', '.gz'] as const

/**
 * Gives the memory of bytes back that nobody reads any more. They lie outside of the heap, so that collectors see little of
 * them and come late: a long history would pile up.
 */
export const free = ({ buffer }: Uint8Array): void => void (buffer as ArrayBuffer).transfer(0)

/** Where the sign of life stands. */
export const HEARTBEAT = 'heartbeat.json'

/** The target holds a newer edition than the one that was to be written; nothing has been replaced. */
export class Superseded extends Error {
  override name = 'Superseded'
}

/** Whether `held` is newer than `edition`, of the same page. */
export const isNewer = (held: Edition | null, edition: Edition): boolean =>
  held !== null && held.page === edition.page && held.revision > edition.revision
